import { describe, expect, test } from "vitest";
import { recordingBrush, type Stroke } from "../../draw/recorder.ts";
import { blocks } from "./blocks.ts";
import { classAt, drawClasses } from "./draw-classes.ts";
import { drawCurve, scalesOf, ticksOf } from "./draw-curve.ts";
import { drawLayerForm, drawVectorForm } from "./draw-forms.ts";
import { drawProduct, layoutPicture, pictureHeight, placeAt } from "./draw-picture.ts";
import { drawUnits, layoutUnits, unitAt } from "./draw-units.ts";

const named = (strokes: readonly Stroke[], name: string): Stroke[] => strokes.filter(([stroke]) => stroke === name);

describe("the neurons of a layer", () => {
  test.each([
    [1, 300, 80],
    [10, 300, 80],
    [128, 800, 76],
    [784, 340, 200],
    [10_000, 332, 240],
  ])("%d of them fit into the picture, and each is found where it is drawn", (count, width, height) => {
    const layout = layoutUnits(count, width, height);
    const { columns, rows, pitch } = layout;
    expect(columns * rows).toBeGreaterThanOrEqual(count);
    expect(columns * pitch).toBeLessThanOrEqual(width + 1e-6);
    expect(rows * pitch).toBeLessThanOrEqual(height + 1e-6);
    for (const unit of [0, Math.floor(count / 2), count - 1]) {
      const [x, y] = [((unit % columns) + 0.4) * pitch, (Math.floor(unit / columns) + 0.4) * pitch];
      expect(unitAt(count, layout, x, y)).toBe(unit);
    }
    expect(unitAt(count, layout, -1, 0)).toBeNull();
    expect(unitAt(count, layout, 0, height + pitch)).toBeNull();
  });

  test("ten thousand cost one image, a few have a cell, a dash below 0, a cross and a corner", () => {
    const many = recordingBrush(332, 240);
    const look = { selected: 3, silenced: [], frozen: [] };
    drawUnits(many.brush, { ...look, values: new Float32Array(10_000).fill(1) });
    expect(named(many.strokes, "drawImage")).toHaveLength(1);
    expect(many.strokes.length).toBeLessThan(20);
    const few = recordingBrush(300, 60);
    drawUnits(few.brush, { selected: 0, values: [1, -1, 0.5], silenced: [2], frozen: [1] });
    expect(named(few.strokes, "drawImage")).toHaveLength(0);
    expect(named(few.strokes, "fillRect")).toHaveLength(3 + 1 + 1); // cells, a dash, a corner
    expect(named(few.strokes, "lineTo")).toHaveLength(2); // the cross
  });
});

describe("weights times input", () => {
  test("three panels of equal size stand side by side, and a point in any of them is the same place", () => {
    const height = pictureHeight(784, 28, 600);
    const boxes = layoutPicture(784, 28, 600, height);
    expect(new Set(boxes.map(({ width }) => width)).size).toBe(1);
    expect(boxes[2]!.x + boxes[2]!.width).toBeLessThanOrEqual(600.001);
    for (const { x, y, width } of boxes) {
      const cell = width / 28;
      expect(placeAt(784, 28, { x: x + 5.5 * cell, y: y + 2.5 * cell, width: 600, height })).toBe(61);
    }
    expect(placeAt(784, 28, { x: boxes[0]!.x - 3, y: 40, width: 600, height })).toBeNull();
    expect(placeAt(10, 4, { x: 590, y: 150, width: 600, height: pictureHeight(10, 4, 600) })).toBeNull();
  });

  test("each panel has its title, and the place that is looked at is framed in all", () => {
    const { brush, strokes, texts } = recordingBrush(600, 220);
    const values = Float32Array.from({ length: 784 }, (_, i) => i - 400);
    const titles = ["weights", "inputs", "products"] as const;
    drawProduct(brush, { weights: values, inputs: values, products: values, columns: 28, selected: 61, titles });
    expect(texts()).toEqual(["weights", "inputs", "products", "×", "="]);
    expect(named(strokes, "drawImage")).toHaveLength(3);
    expect(named(strokes, "strokeRect")).toHaveLength(6);
  });
});

describe("the curve", () => {
  const z = Float64Array.from({ length: 9 }, (_, i) => i - 4);
  const values = z.map((v) => Math.max(0, v));
  const labels = { z: "z", value: "f(z)" };

  test("has its point on the line and a tangent as steep as the slope", () => {
    const { brush, strokes } = recordingBrush(400, 220);
    const { x, y, zAt } = scalesOf({ z, values }, 400, 220);
    expect(zAt(x(1.25))).toBeCloseTo(1.25, 10);
    drawCurve(brush, { z, values, at: { z: 2, value: 2, slope: 1 }, tried: null, isSilenced: false, labels });
    const arcs = named(strokes, "arc");
    expect(arcs.map(([, px, py]) => [px, py])).toEqual([
      [x(2), y(2)],
      [x(2), y(2)],
    ]);
    const clip = strokes.findIndex(([name]) => name === "clip");
    const tangent = strokes
      .slice(clip)
      .filter(([name]) => name === "moveTo" || name === "lineTo")
      .slice(0, 2);
    const [[, x1, y1], [, x2, y2]] = tangent as [Stroke, Stroke];
    const steep = ((y2 as number) - (y1 as number)) / ((x2 as number) - (x1 as number));
    expect(steep).toBeCloseTo((y(1) - y(0)) / (x(1) - x(0)), 6);
  });

  test("of a killed neuron is dashed, with a line at 0", () => {
    const { brush, strokes } = recordingBrush(400, 220);
    drawCurve(brush, { z, values, at: { z: 2, value: 0, slope: 0 }, tried: null, isSilenced: true, labels });
    expect(named(strokes, "setLineDash")[0]![1]).toEqual([3, 4]);
  });

  test("has round numbers at its axis", () => {
    expect(ticksOf(-0.08, 1.08)).toEqual([0, 0.5, 1]);
    expect(ticksOf(-5, 37)).toEqual([0, 20]);
  });
});

describe("three forms", () => {
  test("a matrix made small keeps the strongest weight of each block", () => {
    expect(blocks([1, -5, 2, 3, 0, 0, 9, -1], 2, 4, { rows: 1, columns: 2 })).toMatchObject({
      cells: Float32Array.of(-5, 9),
      rows: 1,
      columns: 2,
      blockRows: 2,
      blockColumns: 2,
    });
  });

  test("the vector form ends in the sum, the layer form marks the unit's row and its z", () => {
    const vector = recordingBrush(360, 190);
    drawVectorForm(vector.brush, { weights: new Float32Array(784), inputs: new Float32Array(784) }, "+ 0.1 = 2");
    expect(vector.texts()).toEqual(["w", "·", "x", "+ 0.1 = 2"]);
    const layer = recordingBrush(360, 190);
    const matrix = blocks(new Float32Array(64), 8, 8, { rows: 8, columns: 8 });
    drawLayerForm(layer.brush, { matrix, inputs: new Float32Array(8), sums: new Float32Array(8), unit: 7, units: 8 });
    const marks = named(layer.strokes, "strokeRect").slice(-2);
    for (const [, , y, , height] of marks) expect((y as number) + (height as number)).toBeCloseTo(185, 0);
  });
});

describe("activation by class", () => {
  test("has a line with a name and a mean for each class, and the value of the example is marked", () => {
    const { brush, texts, strokes } = recordingBrush(400, 110);
    drawClasses(brush, {
      names: ["0", "1"],
      edges: [0, 1, 2],
      counts: [
        [4, 1],
        [0, 5],
      ],
      means: [0.2, 1.8],
      selected: 1,
      value: 1.5,
      meanTitle: "mean",
    });
    expect(texts()).toEqual(["mean", "0", "0.200", "1", "1.80", "0", "2.00"]);
    expect(named(strokes, "setLineDash")[0]![1]).toEqual([4, 3]);
    expect([classAt(2, 20, 110), classAt(2, 80, 110), classAt(2, 2, 110)]).toEqual([0, 1, null]);
  });
});
