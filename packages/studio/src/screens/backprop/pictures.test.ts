import fc from "fast-check";
import { openDevice } from "glassnet";
import { describe, expect, test } from "vitest";
import { recordingBrush } from "../../draw/recorder.ts";
import { significant } from "../../i18n/numbers.ts";
import { agreeingFigures, commonStart, figuresInCommon } from "./agreeing.ts";
import { paintActivation } from "./draw-activation.ts";
import { knownAt, nodeAt, paintGraph, placesOf } from "./draw-graph.ts";
import { cellAt, layoutOf, moved, paintMatrix, sizeOf } from "./draw-matrix.ts";
import { lossRange, paintRate, powerAt, rateBox } from "./draw-rate.ts";
import { looks, paintTwo, twoBox, weightsAt } from "./draw-two.ts";
import type { Matrix } from "./matrices.ts";
import { pictureWidth } from "./picture-width.ts";
import { below, layerMark, letters, matrixSymbol, operatorsOf, resultSymbol } from "./symbols.ts";
import { type CallInfo, tapeOf } from "./tape.ts";
import { racerNames, surfaceOf, type Way, wayOf } from "./two-weights.ts";

const matrix = (rows: number, columns: number, width?: number): Matrix => ({
  ...{ role: "weights", rows, columns, data: Float32Array.from({ length: rows * columns }, (_, i) => i - 3) },
  ...(width !== undefined && { width }),
});
const room = { width: 300, height: 168 };

const calls: readonly CallInfo[] = [
  { path: "layers.0", kind: "linear", activation: null, inSize: 2, outSize: 3, hasBias: true, linear: "layers.0" },
  {
    path: "layers.1",
    kind: "activation",
    activation: "tanh",
    inSize: 3,
    outSize: 3,
    hasBias: false,
    linear: "layers.0",
  },
  { path: "layers.2", kind: "linear", activation: null, inSize: 3, outSize: 2, hasBias: true, linear: "layers.2" },
];
const tape = tapeOf(calls);

describe("matrices", () => {
  test("small ones print their numbers with signs, large ones are colours in one image", () => {
    const small = recordingBrush(300, 168);
    paintMatrix(matrix(3, 2), layoutOf(matrix(3, 2), room), null)(small.brush);
    expect(small.texts()).toEqual(["−3.00", "−2.00", "−1.00", "0", "+1.00", "+2.00"]);
    const large = recordingBrush(300, 168);
    paintMatrix(matrix(64, 10), layoutOf(matrix(64, 10), room), { row: 2, column: null })(large.brush);
    expect(large.texts()).toEqual([]);
    expect(large.strokes.filter(([name]) => name === "drawImage")).toHaveLength(1);
  });

  test("fit into their room, and every cell is found where it is drawn", () => {
    const sizes = fc.integer({ min: 1, max: 900 });
    fc.assert(
      fc.property(sizes, sizes, fc.boolean(), fc.nat(), fc.nat(), (rows, wide, isVector, r, c) => {
        const one: Matrix = { role: "weights", rows, columns: isVector ? 1 : wide, data: new Float32Array(0) };
        const layout = layoutOf(one, room);
        const { width, height } = sizeOf(layout);
        expect(width).toBeLessThanOrEqual(room.width + 1e-9);
        expect(height).toBeLessThanOrEqual(room.height + 1e-9);
        const [row, column] = [r % rows, c % one.columns];
        const [down, across] = layout.isFolded
          ? [Math.floor(row / layout.columns), row % layout.columns]
          : [row, column];
        const found = cellAt(one, layout, (across + 0.5) * layout.cellWidth, (down + 0.5) * layout.cellHeight);
        expect(found).toEqual([row, column]);
      }),
    );
  });

  test("arrow keys move by rows and columns, also in a vector that is folded", () => {
    const picture = matrix(784, 1, 28);
    const layout = layoutOf(picture, room);
    expect(layout.columns).toBe(28);
    expect(moved(picture, layout, [30, 0], "ArrowUp")).toEqual([2, 0]);
    expect(moved(picture, layout, [30, 0], "ArrowRight")).toEqual([31, 0]);
    expect(moved(picture, layout, [0, 0], "End")).toEqual([783, 0]);
    expect(moved(matrix(64, 10), layoutOf(matrix(64, 10), room), [5, 9], "ArrowRight")).toEqual([5, 9]);
    expect(moved(picture, layout, [0, 0], "a")).toBeUndefined();
  });
});

describe("the graph", () => {
  const column = (...values: number[]) => ({
    values: Float32Array.from(values),
    grads: Float32Array.from(values, (v) => v / 10),
  });
  const weights = { values: Float32Array.of(1, -2, 3, 4, -5, 6), grads: new Float32Array(6).fill(0.5) };
  const graph = {
    columns: [column(7, 8), column(1, 2, 3), column(0.1, 0.2, 0.3), column(4, 5)],
    weights: { 0: weights, 2: weights },
  };
  const symbols = ["x", ...calls.map((_, k) => letters(calls, k).out)];
  const textsAt = (id: string): string[] => {
    const at = tape.findIndex((op) => op.id === id);
    const { known, knownGrads, hasLoss } = knownAt(tape, calls, at);
    const { brush, texts } = recordingBrush(700, 300);
    const selected = { column: 1, unit: 0 };
    paintGraph({ graph, calls, known, knownGrads, selected, symbols, loss: hasLoss ? 1.5 : null, lossName: "loss" })(
      brush,
    );
    return texts();
  };

  test("shows nothing before it is computed: values on the way forward, gradients on the way back", () => {
    const first = textsAt("forward:layers.0");
    expect(first).toContain("3.00");
    expect(first).not.toContain("0.300");
    expect(first.filter((text) => text === "·")).toHaveLength(3 + 2 + 1);
    expect(first.some((text) => text.startsWith("∂"))).toBe(false);
    const loss = textsAt("loss");
    expect(loss).toContain("1.50");
    const back = textsAt("back:layers.2");
    expect(back.filter((text) => text.startsWith("∂"))).toEqual(["∂ 0.010", "∂ 0.020", "∂ 0.030", "∂ 0.40", "∂ 0.50"]);
    expect(textsAt("back:layers.0").filter((text) => text.startsWith("∂")).length).toBe(10 + 2); // and two weights
  });

  test("its circles are found where they are drawn, and nothing beside them", () => {
    for (const place of placesOf(graph, 700, 300))
      expect(nodeAt(placesOf(graph, 700, 300), place.x + 4, place.y - 4)).toEqual(place);
    expect(nodeAt(placesOf(graph, 700, 300), 120, 5)).toBeUndefined();
  });
});

test("symbols: letters carry their layer, and operations their equation", () => {
  expect([below(170), layerMark(2)]).toEqual(["₁₇₀", "⁽²⁾"]);
  expect(tape.map((op) => resultSymbol(op, calls))).toEqual([
    ...["z⁽¹⁾", "a⁽¹⁾", "z⁽²⁾", "L", "∂L/∂z⁽²⁾", "∂L/∂W⁽²⁾", "∂L/∂a⁽¹⁾", "∂L/∂z⁽¹⁾", "∂L/∂W⁽¹⁾", "∂L/∂x"],
    ...["W⁽¹⁾", "W⁽²⁾"],
  ]);
  const forward = tape[0]!;
  expect((["weights", "input", "bias", "sum"] as const).map((role) => matrixSymbol(role, forward, calls))).toEqual([
    ...["W⁽¹⁾", "x", "b⁽¹⁾", "z⁽¹⁾"],
  ]);
  expect(operatorsOf(forward, ["weights", "input", "bias", "sum"], calls)).toEqual(["·", "+", "="]);
  expect(operatorsOf(tape[7]!, ["outputGrad", "slope", "inputGrad"], calls)).toEqual(["⊙", "="]);
});

test("an activation is drawn with its point and tangent", () => {
  const { brush, strokes, texts } = recordingBrush(300, 150);
  const z = Float64Array.of(-4, 0, 4);
  paintActivation({ z, values: z, at: 1, value: 1, slope: 1 }, "relu", "slope 1")(brush);
  expect(texts()).toEqual(["relu", "slope 1"]);
  expect(strokes.filter(([name]) => name === "arc")).toHaveLength(1);
});

test("the rate under a point is the one whose point is there; what diverges is drawn at the edge", () => {
  const rates = Float64Array.from({ length: 65 }, (_, i) => 10 ** (-6 + i / 8));
  const losses = rates.map((rate) => (rate > 10 ? Number.POSITIVE_INFINITY : 1 - 0.1 * rate));
  const curve = { rates, losses, loss: 1, rate: 0.001, steps: 0 };
  const box = rateBox(400, 216);
  expect(powerAt(curve, box, box.x)).toBeCloseTo(-6, 12);
  expect(powerAt(curve, box, box.x + box.width / 2)).toBeCloseTo(-2, 12);
  const [low, high] = lossRange(curve);
  expect(Number.isFinite(low) && high > low).toBe(true);
  const { brush, strokes } = recordingBrush(400, 216);
  paintRate({ curve, rate: 1, after: losses[40]!, words: { now: "now", set: "set", rate: "rate" } })(brush);
  const drawn = strokes.filter(([name]) => name === "lineTo").flatMap(([, ...at]) => at as number[]);
  expect(drawn.every(Number.isFinite)).toBe(true);
});

test("the landscape shows each optimizer by a mark and a dash of its own", async () => {
  const device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
  const surface = await surfaceOf("units", device);
  const start = [-0.5, 2.4] as const;
  const ways: Way[] = [];
  for (const racer of racerNames)
    ways.push(await wayOf(racer, { problem: "units", start, rate: 0.04, batch: "all" }, device));
  const { brush, strokes, texts } = recordingBrush(600, 420);
  paintTwo({ surface, ways, step: 60, start, axes: ["w₁", "w₂"], words: { start: "start", best: "lowest" } })(brush);
  expect(texts()).toEqual(expect.arrayContaining(["start", "lowest", "w₁", "w₂"]));
  const dashes = strokes.filter(([name]) => name === "setLineDash").map(([, dash]) => JSON.stringify(dash));
  for (const racer of racerNames) expect(dashes).toContain(JSON.stringify(looks[racer].dash));
  expect(new Set(racerNames.map((racer) => looks[racer].mark)).size).toBe(4);
  const box = twoBox(600, 420);
  expect(weightsAt(surface, box, box.x, box.y)).toEqual([-3, 3]);
  expect(weightsAt(surface, box, box.x + box.width / 2, 999)[1]).toBe(-3);
});

test("digits that agree: printed alike to so many, and to no more", () => {
  expect(figuresInCommon(7.02163697e-7, 7.02164069e-7, 12)).toBe(6);
  expect(agreeingFigures(1.2345678, 1.2345671, 8)).toBe("1.23457");
  expect(agreeingFigures(3, -4, 5)).toBe("3");
  expect(commonStart(1.25e-7, 1.25e-9, 4)[2]).toBe(0);
  const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(number, number, (a, b) => {
      const digits = figuresInCommon(a, b, 10);
      if (digits > 0) expect(significant(a, digits)).toBe(significant(b, digits));
    }),
  );
});

test("square pictures have a width, also with one channel", () => {
  expect([[28, 28], [1, 28, 28], [3, 28, 28], [28, 20], [5]].map(pictureWidth)).toEqual([
    28,
    28,
    undefined,
    undefined,
    undefined,
  ]);
});
