import { expect, test } from "vitest";
import { drawEdges, strongest } from "./edges.ts";
import { divergingRgb, palettes } from "./palette.ts";
import { recordingBrush } from "./recorder.ts";
import { drawText } from "./text.ts";
import { drawGrey, drawTiles, gridOf } from "./tiles.ts";

const box = { x: 1, y: 2, width: 30, height: 40 };

interface Image {
  readonly pixels: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

test("tiles are one image: the first tile's rows, a gap, the second's", () => {
  const { brush, strokes } = recordingBrush(100, 100);
  drawTiles(brush, { values: [2, -2, 0, 1, 0, 0, 0, -1], side: 2, count: 2, columns: 2 }, box);
  const [name, image, ...place] = strokes.find(([stroke]) => stroke === "drawImage")!;
  expect([name, place]).toEqual(["drawImage", [1, 2, 30, 40]]);
  const { pixels, width, height } = image as Image;
  expect([width, height]).toEqual([5, 2]);
  const at = (x: number, y: number) => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
  expect(at(0, 0)).toEqual([...palettes.light.diverging.positive, 255]);
  expect(at(1, 0)).toEqual([...palettes.light.diverging.negative, 255]);
  expect(at(2, 0)).toEqual([0, 0, 0, 0]); // the gap
  expect(at(4, 1)).toEqual([...divergingRgb(palettes.light, -0.5), 255]);
});

test("a digit is drawn from black to white, whatever the theme", () => {
  const { brush, strokes } = recordingBrush(10, 10, palettes.dark);
  drawGrey(brush, [0, 1, 0.5, 7], 2, box);
  const { pixels } = strokes.find(([stroke]) => stroke === "drawImage")![1] as Image;
  expect([...pixels]).toEqual([0, 0, 0, 255, 255, 255, 255, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
});

test("edges say their sign by dashes, not by colour alone", () => {
  const { brush, strokes } = recordingBrush(100, 100);
  const edge = (value: number) => ({ from: [0, 0], to: [9, 9], value }) as const;
  drawEdges(brush, [edge(2), edge(-1)], 2);
  expect(strokes.filter(([name]) => name === "setLineDash").map(([, dash]) => dash)).toEqual([[], [4, 3], []]);
  const widths = strokes.filter(([name]) => name === "lineWidth =").map(([, width]) => width as number);
  expect(widths[0]).toBeGreaterThan(widths[1]!);
});

test("the strongest come first, equal ones in their order", () => {
  expect(strongest([1, -5, 3, -3], 3)).toEqual([1, 2, 3]);
  expect(strongest([], 3)).toEqual([]);
});

test("a text that is too wide ends in an ellipsis", () => {
  const { brush, texts } = recordingBrush(100, 100);
  drawText(brush, "probability", 0, 0, {}, 40);
  drawText(brush, "0.97", 0, 0, {}, 40);
  expect(texts()).toEqual(["proba…", "0.97"]);
});

test("squares fill a box as well as they can", () => {
  expect(gridOf(128, { width: 160, height: 80 })).toMatchObject({ columns: 16, rows: 8 });
  expect(gridOf(1, { width: 10, height: 20 })).toMatchObject({ columns: 1, rows: 1, size: 10 });
  expect(gridOf(0, { width: 10, height: 20 }).columns).toBe(1);
});
