import { loadMnist } from "glassnet/node";
import { describe, expect, test } from "vitest";
import { smallAssets } from "../../../test/assets.ts";
import { openSmallSession } from "../../../test/session.ts";
import { coreHandlers } from "../../worker/core/index.ts";
import { digitSample } from "../../worker/source.ts";
import { Ink, PAD } from "./ink.ts";
import { binarised, FIELD, inkBounds, isBlank, MIDDLE, normalise, shrunk } from "./normalise.ts";

async function digits(count: number): Promise<Uint8Array[]> {
  const { test: data } = await loadMnist();
  const size = FIELD * FIELD;
  return Array.from({ length: count }, (_, i) => data.inputs.data.slice(i * size, (i + 1) * size) as Uint8Array);
}

const inkOf = (pixels: ArrayLike<number>): Ink => {
  const ink = new Ink();
  ink.show(pixels);
  return ink;
};

/** A digit on the pad, smaller and off the middle, as people draw. */
function shifted(pixels: Uint8Array, scale: number, dx: number, dy: number): Ink {
  const ink = new Ink();
  const size = (PAD / FIELD) * scale;
  for (let y = 0; y < PAD; y++) {
    for (let x = 0; x < PAD; x++) {
      const [column, row] = [Math.floor((x - dx) / size), Math.floor((y - dy) / size)];
      if (column < 0 || row < 0 || column >= FIELD || row >= FIELD) continue;
      ink.data[y * PAD + x] = pixels[row * FIELD + column]!;
    }
  }
  return ink;
}

function centreOf(pixels: ArrayLike<number>): { x: number; y: number } {
  let [mass, x, y] = [0, 0, 0];
  for (let i = 0; i < FIELD * FIELD; i++) {
    mass += pixels[i]!;
    x += pixels[i]! * ((i % FIELD) + 0.5);
    y += pixels[i]! * (Math.floor(i / FIELD) + 0.5);
  }
  return { x: x / mass, y: y / mass };
}

describe("the normalisation of MNIST", () => {
  test("real digits are what it makes: fitted into 20 pixels, their centre of mass where it puts it", async () => {
    const [across, down]: number[][] = [[], []];
    for (const pixels of await digits(300)) {
      const { crop, placed } = normalise(inkOf(pixels))!;
      expect(Math.max(crop.width, crop.height)).toBeLessThanOrEqual(200); // 20 of their pixels
      expect(Math.max(placed.width, placed.height)).toBeCloseTo(20, 9);
      const centre = centreOf(pixels);
      across!.push(Math.abs(centre.x - MIDDLE));
      down!.push(Math.abs(centre.y - MIDDLE));
    }
    // They were moved by whole pixels, so half a pixel is left at most, and a little for rounding of shades.
    for (const off of [...across!, ...down!]) expect(off).toBeLessThan(0.55);
  });

  test("leaves real digits nearly as they are", async () => {
    let change = 0;
    let ink = 0;
    for (const pixels of await digits(200)) {
      const { pixels: again } = normalise(inkOf(pixels))!;
      again.forEach((value, i) => {
        change += Math.abs(value - pixels[i]!);
        ink += pixels[i]!;
      });
    }
    expect(change / ink).toBeLessThan(0.25); // parts of a pixel
  });

  test("puts a digit in the middle wherever and however small it was drawn", async () => {
    const [pixels] = await digits(1);
    const placed = [
      shifted(pixels!, 1, 0, 0),
      shifted(pixels!, 0.5, 10, 130),
      shifted(pixels!, 0.7, 80, -10),
      shifted(pixels!, 1.2, -40, -40),
    ].map((ink) => normalise(ink)!);
    for (const { pixels: normal, target } of placed) {
      expect(target.x).toBeCloseTo(MIDDLE, 9);
      expect(target.y).toBeCloseTo(MIDDLE, 9);
      const centre = centreOf(normal);
      expect(centre.x).toBeCloseTo(MIDDLE, 1);
      expect(centre.y).toBeCloseTo(MIDDLE, 1);
    }
  });

  test("keeps the proportions, and the ink inside the field", () => {
    const ink = new Ink();
    ink.stroke([60, 40], [60, 250], "pen"); // a tall stroke …
    ink.stroke([60, 250], [80, 250], "pen");
    const { crop, placed, pixels } = normalise(ink)!;
    expect(placed.height).toBeCloseTo(20, 9);
    expect(placed.width / placed.height).toBeCloseTo(crop.width / crop.height, 9);
    const mean = (data: ArrayLike<number>, size: number) => Array.from(data).reduce((a, b) => a + b, 0) / size ** 2;
    // The mass is kept: a pixel of the 28 × 28 stands for `size`² pixels of the pad.
    const size = crop.height / 20;
    expect((mean(pixels, 28) * 28 ** 2) / ((mean(ink.data, PAD) * PAD ** 2) / size ** 2)).toBeCloseTo(1, 2);
  });

  test("does not let a long thin corner stand out of the field", () => {
    const ink = new Ink();
    for (let y = 20; y < 120; y++) ink.data.fill(255, y * PAD + 20, y * PAD + 120); // a heavy head …
    for (let i = 120; i < 260; i++) ink.data[i * PAD + i] = 255; // … and a hair
    const { placed, target } = normalise(ink)!;
    expect(placed.x).toBeGreaterThanOrEqual(0);
    expect(placed.x + placed.width).toBeLessThanOrEqual(FIELD + 1e-9);
    expect(target.x).toBeLessThan(MIDDLE);
  });

  test("a blank pad has no bounds and no picture", () => {
    expect(inkBounds(new Ink())).toBeNull();
    expect(normalise(new Ink())).toBeNull();
    expect(isBlank(new Uint8Array(784))).toBe(true);
  });

  test("shrinking a digit that was shown gives its bytes again", async () => {
    for (const pixels of await digits(5)) expect(shrunk(inkOf(pixels))).toEqual(pixels);
  });

  test("binary pixels are ink or paper", () => {
    expect([...binarised(Uint8Array.of(0, 127, 128, 255))]).toEqual([0, 0, 255, 255]);
  });

  test("digits off the middle are read again once they are normalised", async () => {
    const session = await openSmallSession();
    const { validation } = await digitSample(smallAssets);
    let [plain, normal, intact] = [0, 0, 0];
    const count = validation!.size;
    for (let i = 0; i < count; i++) {
      const pixels = validation!.inputs.data.slice(i * 784, (i + 1) * 784) as Uint8Array;
      const label = validation!.targets.data[i]!;
      const ink = shifted(pixels, 0.6, (i * 37) % 100, (i * 53) % 100);
      const says = async (drawn: Uint8Array) =>
        (await coreHandlers.predict(session, { example: { from: "drawing", pixels: drawn } })).predicted === label;
      if (await says(pixels)) intact++;
      if (await says(shrunk(ink))) plain++;
      if (await says(normalise(ink)!.pixels)) normal++;
    }
    await session.close();
    expect(normal / count).toBeGreaterThan(intact / count - 0.1);
    expect(plain).toBeLessThan(0.6 * normal);
  });
});
