import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contour, roundSteps } from "../../draw/contours.ts";
import { recordingBrush } from "../../draw/recorder.ts";
import { brief } from "../../i18n/numbers.ts";
import { effectsHeight, paintEffects } from "./draw-effects.ts";
import { paintSurface, placeAt, type SurfacePicture, surfaceBox } from "./draw-surface.ts";
import { digitsFor } from "./names.ts";

const side = 21;
/** A hill with its top in the middle of the grid: height 100 − distance². */
const hill = Float32Array.from(
  { length: side * side },
  (_, k) => 100 - ((k % side) - 10) ** 2 - (Math.floor(k / side) - 10) ** 2,
);

describe("lines of equal height", () => {
  test("of a hill are circles", () => {
    const stretches = contour(hill, side, 75);
    expect(stretches.length).toBeGreaterThan(30);
    for (const [x1, y1, x2, y2] of stretches) {
      for (const [x, y] of [
        [x1, y1],
        [x2, y2],
      ] as const) {
        const radius = Math.hypot(x - 10, y - 10);
        expect(radius).toBeGreaterThan(4.9);
        expect(radius).toBeLessThan(5.05); // heights change evenly between grid points, and the hill does not
      }
    }
  });

  test("lie where the values change sides, on any grid", () => {
    const grid = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(grid, fc.constantFrom(-2.5, 0.5, 3.5), (values, height) => {
        for (const stretch of contour(values, 5, height)) {
          for (const [x, y] of [stretch.slice(0, 2), stretch.slice(2)] as [number, number][]) {
            const [i, j] = [Math.floor(x), Math.floor(y)];
            expect(x === i || y === j).toBe(true); // on an edge of a cell
            const a = values[j * 5 + i]!;
            const b = x === i ? values[(j + 1) * 5 + i]! : values[j * 5 + i + 1]!;
            const t = x === i ? y - j : x - i;
            expect(a + (b - a) * t).toBeCloseTo(height, 9);
          }
        }
      }),
    );
  });

  test("round heights lie between two numbers, a few of them", () => {
    expect(roundSteps(-130, 178, 8)).toEqual([-100, -50, 0, 50, 100, 150]);
    expect(roundSteps(0.013, 0.041, 4)).toEqual([0.02, 0.03, 0.04]);
    expect(roundSteps(5, 5, 4)).toEqual([]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-2, max: 1e6, noNaN: true }),
        (low, span) => {
          const steps = roundSteps(low, low + span, 8);
          expect(steps.length).toBeLessThanOrEqual(10);
          for (const step of steps)
            expect(step >= low - 1e-3 * span - 1e-9 && step <= low + 1.001 * span + 1e-9).toBe(true);
        },
      ),
    );
  });
});

const picture: SurfacePicture = {
  surface: {
    ...{ side, values: hill, low: -100, high: 100, outsideSide: 3, allRows: 2 },
    outside: Uint8Array.from([0, 0, 1, 0, 0, 1, 0, 0, 0]),
    rows: Float32Array.from([0, 0, 10, 10]),
  },
  x: { input: 0, low: 0, high: 20 },
  y: { input: 1, low: 0, high: 20 },
  xTitle: "price (€)",
  yTitle: "marketing",
  middle: 0,
  bounds: [
    [2, 2],
    [18, 18],
  ],
  path: [
    [3, 3],
    [6, 8],
    [10, 10],
  ],
  step: 1,
  slope: [1, 1],
  best: [10.5, 10],
  row: [10, 10],
  words: { start: "start", found: "found", best: "true best" },
};

describe("the surface", () => {
  test("says everything in words and numbers, not in colour alone", () => {
    const { brush, strokes, texts } = recordingBrush(480, 400);
    paintSurface(picture)(brush);
    for (const word of ["price (€)", "marketing", "start", "found", "true best", "0", "50"])
      expect(texts()).toContain(word);
    const dashes = strokes.filter(([name]) => name === "setLineDash").map(([, dash]) => JSON.stringify(dash));
    expect(dashes).toContain("[4,3]"); // heights below 0
    expect(dashes).toContain("[7,4]"); // bounds
  });

  test("draws start, way and end where they belong, with y upwards", () => {
    const { brush, strokes } = recordingBrush(480, 400);
    paintSurface(picture)(brush);
    const box = surfaceBox(480, 400);
    const rings = strokes.filter(([name, , , radius]) => name === "arc" && radius === 6);
    const at = ([x, y]: readonly [number, number]) => [box.x + (box.width * x) / 20, box.y + box.height * (1 - y / 20)];
    expect(rings.map(([, x, y]) => [x, y])).toEqual([at([3, 3]), at([10, 10])]);
    expect(placeAt(box, picture.x, picture.y, ...(at([6, 8]) as [number, number]))).toEqual([
      expect.closeTo(6),
      expect.closeTo(8),
    ]);
    expect(placeAt(box, picture.x, picture.y, -50, 9999)).toEqual([0, 0]);
  });

  test("has no end, truth or bounds where there are none, and no numbers that are none", () => {
    const { brush, strokes, texts } = recordingBrush(300, 260);
    const flat = new Float32Array(side * side).fill(7);
    const surface = { ...picture.surface, values: flat, low: 7, high: 7, outside: new Uint8Array(9) };
    paintSurface({ ...picture, surface, path: [[3, 3]], step: 0, slope: [0, 0], best: null, row: null, bounds: null })(
      brush,
    );
    expect(texts()).not.toContain("found");
    expect(texts()).not.toContain("true best");
    for (const [, ...values] of strokes) for (const value of values) expect(value).not.toBeNaN();
  });
});

test("fixed effects have a mark of its own shape for each model and the truth", () => {
  const lines = [
    { name: "Winter", linear: -20, curved: -24, truth: -24 },
    { name: "Summer", linear: 20, curved: 24, truth: 24 },
  ];
  const { brush, strokes, texts } = recordingBrush(400, effectsHeight(2));
  paintEffects(lines)(brush);
  const count = (name: string): number => strokes.filter(([called]) => called === name).length;
  expect(count("strokeRect")).toBe(2);
  expect(count("arc")).toBe(2);
  expect(texts()).toEqual(expect.arrayContaining(["Winter", "Summer", "0", "+20"]));
  const own = recordingBrush(400, effectsHeight(2));
  paintEffects(lines.map((line) => ({ ...line, truth: null })))(own.brush);
  expect(own.strokes.filter(([name]) => name === "moveTo").length).toBeLessThan(
    strokes.filter(([name]) => name === "moveTo").length,
  );
});

test("numbers are written as briefly as they can be", () => {
  expect([100, 12.5, 0.25, -3, 1e7, 0.00001234].map((x) => brief(x))).toEqual([
    "100",
    "12.5",
    "0.25",
    "−3",
    "1e7",
    "1.234e−5",
  ]);
  expect([digitsFor(0, 300), digitsFor(15, 40), digitsFor(0, 0.01), digitsFor(0, 1e9)]).toEqual([1, 2, 5, 0]);
});
