import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordingBrush } from "../../draw/recorder.ts";
import { drawDrops, ticksOf } from "./draw-drops.ts";
import { circleAt, drawNetwork, layoutNetwork, type NetworkPicture, roomFor } from "./draw-network.ts";
import { drawSees } from "./draw-sees.ts";
import { acrossOf, gridOfTiles, TilePainter, tileAt } from "./draw-unit-tiles.ts";
import { cellAt, drawUnroll, lensOf, pixelAt } from "./draw-unroll.ts";
import { Ink, PAD } from "./ink.ts";
import { normalise, shrunk } from "./normalise.ts";

const columnOf = (units: readonly number[], total: number, values: ArrayLike<number> | null = null) => ({
  ...{ units, total, values, title: `of ${total}`, caption: `${units.length} of ${total}` },
});

const picture = (values: ArrayLike<number> | null = null): NetworkPicture => ({
  columns: [columnOf([1, 200, 700], 784), columnOf([0, 5, 9, 11], 128, values), columnOf([0, 1, 2], 3)],
  gaps: [
    { caption: "", edges: [{ from: 1, to: 5, value: 2 }] },
    { caption: "", edges: [{ from: 5, to: 2, value: -1 }] },
  ],
  image: null,
  selected: [{ column: 1, unit: 9 }],
  focus: null,
});

describe("the network", () => {
  test("is captioned k of n, and has a circle for every unit that is shown", () => {
    const { brush, strokes, texts } = recordingBrush(600, 420);
    drawNetwork(brush, picture());
    expect(texts()).toEqual(["of 784", "3 of 784", "of 128", "4 of 128", "of 3", "3 of 3"]);
    const circles = strokes.filter(([name, , , radius]) => name === "arc" && Number(radius) > 2);
    expect(circles).toHaveLength(3 + 4 + 3 + 1); // and a ring around the one that is selected
  });

  test("dashes lines that take away, and marks negative activations with their sign", () => {
    const { brush, strokes, texts } = recordingBrush(600, 420);
    const values = new Float32Array(128);
    values[5] = -2;
    drawNetwork(brush, picture(values));
    const dashes = strokes.filter(([name]) => name === "setLineDash").map(([, dash]) => dash);
    expect(dashes).toContainEqual([5, 3]);
    expect(texts().filter((text) => text === "−")).toHaveLength(1);
  });

  test("keeps every circle inside, apart from its neighbours, and finds it again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 280, max: 1200 }),
        fc.integer({ min: 260, max: 600 }),
        (totals, width, height) => {
          const columns = totals.map((total) => {
            const count = Math.min(total, roomFor(height));
            return columnOf(
              Array.from({ length: count }, (_, i) => i),
              total,
            );
          });
          const layout = layoutNetwork(columns, width, height);
          for (const circles of layout.columns) {
            for (const [i, { x, y, radius, column, unit }] of circles.entries()) {
              expect(x - radius).toBeGreaterThanOrEqual(0);
              expect(x + radius).toBeLessThanOrEqual(width);
              expect(y - radius).toBeGreaterThanOrEqual(0);
              expect(y + radius).toBeLessThanOrEqual(height - 36);
              if (i > 0) expect(y - circles[i - 1]!.y).toBeGreaterThan(2 * radius);
              const found = circleAt(layout, x, y)!;
              expect([found.column, found.unit]).toEqual([column, unit]);
            }
          }
        },
      ),
      { seed: 3 },
    );
    expect(circleAt(layoutNetwork(picture().columns, 600, 420), 5, 5)).toBeNull();
  });
});

describe("the unrolling", () => {
  const [width, height] = [420, 230];
  test("lays the rows end to end, then sets the row upright, and every pixel keeps its index", () => {
    for (const index of [0, 27, 28, 406, 783]) {
      const next = Math.min(783, index + 1);
      const [a, b] = [cellAt(index, 1, width, height), cellAt(next, 1, width, height)];
      expect(a.y).toBe(b.y);
      if (next > index) expect(b.x - a.x).toBeCloseTo((width - 2) / 784, 9);
      const [c, d] = [cellAt(index, 2, width, height), cellAt(next, 2, width, height)];
      expect(c.x).toBeCloseTo(d.x, 9);
      if (next > index) expect(d.y - c.y).toBeCloseTo((height - 2) / 784, 9);
      const place = cellAt(index, 0, width, height);
      const origin = cellAt(0, 0, width, height);
      expect(
        Math.round((place.x - origin.x) / origin.width) + 28 * Math.round((place.y - origin.y) / origin.height),
      ).toBe(index);
    }
  });

  test("moves without a jump and stays inside", () => {
    fc.assert(
      fc.property(fc.nat(783), fc.double({ min: 0, max: 2, noNaN: true }), (index, stage) => {
        const here = cellAt(index, stage, width, height);
        const soon = cellAt(index, Math.min(2, stage + 1e-4), width, height);
        expect(Math.hypot(here.x - soon.x, here.y - soon.y)).toBeLessThan(2);
        expect(here.x).toBeGreaterThanOrEqual(-0.001);
        expect(here.x + here.width).toBeLessThanOrEqual(width + 0.001);
        expect(here.y).toBeGreaterThanOrEqual(-0.001);
        expect(here.y + here.height).toBeLessThanOrEqual(height + 0.001);
      }),
      { seed: 5 },
    );
  });

  test("names the pixel, which is found where it was drawn", () => {
    for (const stage of [0, 1, 2]) {
      const { brush, texts } = recordingBrush(width, height);
      drawUnroll(brush, { shades: new Float32Array(784), stage, pixel: 341 });
      expect(texts()).toContain("x341");
      const box = cellAt(341, stage, width, height);
      expect(pixelAt(box.x + box.width / 2, box.y + box.height / 2, stage, width, height)).toBe(341);
    }
    expect(pixelAt(1, 1, 0, width, height)).toBeNull();
    expect(lensOf(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(lensOf(783).at(-1)).toBe(783);
    expect(lensOf(400)).toContain(400);
  });
});

describe("tiles", () => {
  test("stand in a grid, inside, and are found again", () => {
    for (const [units, inputs] of [
      [128, 784],
      [64, 128],
      [10, 64],
      [5, 7],
      [1, 784],
    ] as const) {
      const grid = gridOfTiles({ units, inputs, across: acrossOf(inputs) }, 880, 440);
      expect(grid.boxes).toHaveLength(units);
      for (const [unit, { x, y, width, height }] of grid.boxes.entries()) {
        expect(x).toBeGreaterThanOrEqual(-0.001);
        expect(x + width).toBeLessThanOrEqual(880.001);
        expect(y + height).toBeLessThanOrEqual(440);
        expect(tileAt(grid, x + width / 2, y + height / 2)).toBe(unit);
      }
    }
    expect(acrossOf(784)).toBe(28);
    expect(acrossOf(128)).toBe(16);
  });

  test("are coloured once for the same weights, and faint where a unit is silent", () => {
    const painter = new TilePainter();
    const tiles = { weights: Float32Array.of(1, -1, 0.5, 0), units: 2, inputs: 2, across: 2 };
    const { brush, strokes } = recordingBrush(200, 100);
    let images = 0;
    const image: typeof brush.image = (...args) => {
      images++;
      return brush.image(...args);
    };
    const counting = { ...brush, image };
    painter.paint(counting, tiles, Float32Array.of(0, 3), { selected: 1, hover: null });
    painter.paint(counting, tiles, Float32Array.of(1, 3), { selected: null, hover: 0 });
    expect(images).toBe(1);
    const alphas = strokes.filter(([name]) => name === "globalAlpha =").map(([, alpha]) => alpha);
    expect(alphas[0]).toBe(0.3);
    expect(alphas[2]).toBe(1);
    painter.paint(counting, { ...tiles, weights: tiles.weights.slice() }, null, { selected: null, hover: null });
    expect(images).toBe(2);
  });
});

test("the drops are dots on an axis, and the strongest units a line with its name", () => {
  const { brush, strokes, texts } = recordingBrush(400, 168);
  const labels = { axis: "loss", strongest: "the 5 strongest", random: "random", number: (x: number) => String(x) };
  drawDrops(brush, { drop: 6, random: Float64Array.of(0.1, 0.2, 0.1, -1), labels });
  expect(strokes.filter(([name]) => name === "arc")).toHaveLength(4);
  expect(texts()).toContain("the 5 strongest");
  expect(texts()).toContain("0");
  expect(ticksOf(0, 10)).toEqual([0, 5, 10]);
  expect(ticksOf(-0.2, 0.9)).toEqual([0, 0.5]);
  expect(ticksOf(1, 1)).toEqual([1]);
  expect(() => drawDrops(brush, { drop: 0, random: new Float64Array(3), labels })).not.toThrow();
});

test("what the network sees shows the crop, the 20 × 20 and both centres", () => {
  const ink = new Ink();
  ink.stroke([50, 40], [90, 160], "pen");
  const normalised = normalise(ink)!;
  const labels = { pad: "pad", network: "network" };
  const drawn = (found: typeof normalised | null) => {
    const { brush, strokes } = recordingBrush(440, 240);
    drawSees(brush, { ink: ink.data, side: PAD, pixels: shrunk(ink), full: 255, normalised: found, labels });
    return strokes;
  };
  const boxes = (strokes: ReturnType<typeof drawn>) => strokes.filter(([name]) => name === "strokeRect");
  expect(boxes(drawn(null))).toHaveLength(2);
  const withCrop = boxes(drawn(normalised));
  expect(withCrop).toHaveLength(4);
  const [, , , , wide] = withCrop[3]!;
  const size = (440 - 44) / 2 - 1;
  expect(wide).toBeCloseTo((20 * size) / 28, 9);
});
