import { describe, expect, test } from "vitest";
import { recordingBrush } from "../../draw/recorder.ts";
import { initialSettings } from "../../workspace/settings.ts";
import { bandOf } from "./band.ts";
import { histogramOf } from "./histogram.ts";
import { moved } from "./layer-cards.tsx";
import { mergeCourse } from "./merge.ts";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";
import { paintBands, rangeOfBands, ticksBetween } from "./paint-bands.ts";
import { paintRidges } from "./paint-ridges.ts";
import { paintSchedule } from "./paint-schedule.ts";
import { boxOf, paintWeights, placeAfter, placeAt, ratioOf, shownUnits, weightLayout } from "./paint-weights.ts";
import { differences } from "./setting-rows.ts";

describe("weights on a picture", () => {
  test("are tiles for the pixels of a square, rows for anything else", () => {
    const units = shownUnits(0, 128);
    expect(weightLayout(units, 784, true)).toMatchObject({ side: 28, columns: 16, rows: 8 });
    expect(ratioOf(weightLayout(units, 784, true))).toBe(2);
    expect(weightLayout(units, 784, false)).toMatchObject({ side: null, rows: 128 });
    expect(weightLayout(units, 785, true).side).toBeNull();
  });

  test("of a large layer are those around the selected unit", () => {
    expect(shownUnits(300, 2048)).toEqual(Array.from({ length: 128 }, (_, i) => 256 + i));
    expect(shownUnits(130, 140)).toEqual(Array.from({ length: 12 }, (_, i) => 128 + i));
  });

  test.each([true, false])("are found again where they were drawn (tiles: %s)", (isPicture) => {
    const layout = weightLayout(shownUnits(0, 50), 784, isPicture);
    for (let at = 0; at < 50; at++) {
      const { x, y, width, height } = boxOf(layout, at, 640, 320);
      expect(placeAt(layout, x + width / 2, y + height / 2, 640, 320)).toBe(at);
    }
    expect(placeAt(layout, 639, 400, 640, 320)).toBeUndefined();
  });

  test("are walked through by arrow keys, which stay inside", () => {
    const layout = weightLayout(shownUnits(0, 128), 784, true);
    expect(
      [..."RLDU"].map((key) =>
        placeAfter(layout, 17, { R: "ArrowRight", L: "ArrowLeft", D: "ArrowDown", U: "ArrowUp" }[key]!),
      ),
    ).toEqual([18, 16, 33, 1]);
    expect(placeAfter(layout, 0, "ArrowLeft")).toBe(0);
    expect(placeAfter(layout, 5, "End")).toBe(127);
    expect(placeAfter(layout, 5, "a")).toBeUndefined();
  });

  test("are drawn as one image, with a frame around the selected one", () => {
    const { brush, strokes } = recordingBrush(320, 160);
    const layout = weightLayout([0, 1], 4, true);
    paintWeights(layout, Float32Array.of(1, -1, 0, 0.5, 0, 0, 0, -1), 1, 1)(brush);
    const images = strokes.filter(([name]) => name === "drawImage");
    expect(images).toHaveLength(1);
    const { pixels, width } = images[0]![1] as { pixels: Uint8ClampedArray; width: number };
    expect(width).toBe(5); // two tiles of two pixels, and one between them
    expect([...pixels.slice(0, 3)]).toEqual([...brush.palette.diverging.positive]);
    expect([...pixels.slice(4, 7)]).toEqual([...brush.palette.diverging.negative]);
    expect(strokes.filter(([name]) => name === "strokeRect")).toHaveLength(2);
    const other = recordingBrush(320, 160);
    paintWeights(layout, new Float32Array(5), 1, 1)(other.brush); // of another layer
    expect(other.strokes).toEqual([]);
  });
});

test("ridges have their steps at the left and the ends of their axis below, as sizes where they are logarithmic", () => {
  const values = Array.from({ length: 400 }, (_, i) => Math.sin(i));
  const plain = recordingBrush(300, 200);
  paintRidges([histogramOf(values, 20), histogramOf(values, 20)], ["0", "1,000"])(plain.brush);
  expect(plain.texts()).toEqual(["0", "1,000", "−1.0", "1.0", "0"]);
  expect(plain.strokes.filter(([name]) => name === "closePath")).toHaveLength(2);
  const sizes = recordingBrush(300, 200);
  paintRidges([histogramOf([0.001, 0.01, 0.1], 20, true)], ["0"])(sizes.brush);
  expect(sizes.texts()).toEqual(["0", "0.0010", "0.10"]);
  const none = recordingBrush(300, 200);
  paintRidges([], [])(none.brush);
  expect(none.strokes).toEqual([]);
});

test("a schedule falls from the upper left to the lower right", () => {
  const { brush, strokes } = recordingBrush(100, 50);
  paintSchedule([1, 0.5, 0])(brush);
  const heights = strokes.filter(([name]) => name === "lineTo").map(([, , y]) => y as number);
  expect(heights.slice(-2)).toEqual([26, 48]);
});

describe("bands", () => {
  const [a, b] = [
    bandOf([
      [0.5, 0.7, 0.9],
      [0.4, 0.6, 0.8],
    ]),
    bandOf([[0.3, 0.35, 0.36]]),
  ];

  test("are named at their ends and dashed, so that colour is not needed", () => {
    const { brush, texts, strokes } = recordingBrush(500, 250);
    const curves = [
      { name: "A", band: a, dash: [], colour: "positive" },
      { name: "B", band: b, dash: [6, 4], colour: "negative" },
    ] as const;
    paintBands(curves, { print: (x) => `${Math.round(100 * x)}%`, epochs: 3, chosen: 2, xLabel: "Epoch" })(brush);
    expect(texts().slice(-3)).toEqual(["Epoch", "A", "B"]);
    expect(texts()).toContain("3");
    expect(strokes).toContainEqual(["setLineDash", [6, 4]]);
  });

  test("of nothing draw no line", () => {
    const { brush, texts } = recordingBrush(500, 250);
    paintBands([{ name: "A", band: bandOf([]), dash: [], colour: "positive" }], {
      print: String,
      epochs: 5,
      chosen: null,
      xLabel: "Epoch",
    })(brush);
    expect(texts()).not.toContain("A");
    expect(rangeOfBands([bandOf([])])).toEqual([0, 1]);
  });

  test("have round ticks", () => {
    expect(ticksBetween(0.28, 0.93, 5)).toEqual([expect.closeTo(0.4), expect.closeTo(0.6), expect.closeTo(0.8)]);
    expect(ticksBetween(1, 20, 5)).toEqual([5, 10, 15, 20]);
  });
});

test("losses of steps and of epochs stand on one axis", () => {
  const nan = Number.NaN;
  const merged = mergeCourse({
    losses: { step: [1, 2, 3], mean: [3, 2, 1], smooth: [3, 2.5, 2] },
    epochs: {
      epoch: [1, 2],
      step: [2, 4],
      trainingLoss: [1.5, nan],
      validationLoss: [1.6, 1.2],
      trainingAccuracy: [],
      validationAccuracy: [],
    },
    ...{ last: null, lastLoss: 1, stepsPerPoint: 1, step: 4 },
  });
  expect(merged.x).toEqual([1, 2, 3, 4]);
  expect(merged.batch).toEqual([3, 2, 1, null]);
  expect(merged.training).toEqual([null, 1.5, null, null]);
  expect(merged.validation).toEqual([null, 1.6, null, 1.2]);
});

test("layers are moved without loss", () => {
  const hidden = [3, 4, 5].map((units) => ({ ...initialSettings.hidden[0]!, units }));
  expect(moved(hidden, 0, 1).map(({ units }) => units)).toEqual([4, 3, 5]);
  expect(moved(hidden, 2, 1).map(({ units }) => units)).toEqual([3, 5, 4]);
});

test("what differs between two settings is told in both languages, and nothing else", () => {
  const b = { ...initialSettings, batchSize: 32, hidden: initialSettings.hidden.slice(0, 1) };
  expect(differences(initialSettings, initialSettings, en)).toEqual([]);
  expect(differences(initialSettings, b, en)).toEqual([
    ["Hidden layer 2", "64 relu", "–"],
    ["Batch size", "64", "32"],
  ]);
  expect(differences(initialSettings, b, zh).map(([name]) => name)).toEqual(["隐藏层 2", "批大小"]);
});
