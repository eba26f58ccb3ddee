import type { Box, Brush, Paint } from "../../draw/brush.ts";
import { contour, roundSteps } from "../../draw/contours.ts";
import { css, divergingRgb } from "../../draw/palette.ts";
import { drawText } from "../../draw/text.ts";
import { brief } from "../../i18n/numbers.ts";

import type { Axis, Surface } from "./surface.ts";

/** A place in the units of the two axes. */
export type Place = readonly [x: number, y: number];

export interface SurfacePicture {
  readonly surface: Surface;
  readonly x: Axis;
  readonly y: Axis;
  readonly xTitle: string;
  readonly yTitle: string;
  /** The value that has no colour. */
  readonly middle: number;
  /** Where the inputs may go, if both axes are turned. */
  readonly bounds: readonly [low: Place, high: Place] | null;
  readonly path: readonly Place[];
  /** The step that is looked at, as an index of the path. */
  readonly step: number;
  /** Against the gradient of the loss at that step, in the units of the axes. */
  readonly slope: Place;
  readonly best: Place | null;
  readonly row: Place | null;
  readonly words: { readonly start: string; readonly found: string; readonly best: string };
}

const MARGIN = { left: 52, right: 12, top: 10, bottom: 40 };
const CONTOURS = 8;
const ARROW = 34;
/** Space between two strokes where the data know nothing. */
const HATCH = 7;

/** The part of the canvas in which the surface lies. */
export const surfaceBox = (width: number, height: number): Box => ({
  x: MARGIN.left,
  y: MARGIN.top,
  width: Math.max(1, width - MARGIN.left - MARGIN.right),
  height: Math.max(1, height - MARGIN.top - MARGIN.bottom),
});

const toPixel = (box: Box, x: Axis, y: Axis, [u, v]: Place): Place => [
  box.x + (box.width * (u - x.low)) / (x.high - x.low),
  box.y + box.height * (1 - (v - y.low) / (y.high - y.low)),
];

/** The place under a point of the canvas, within the axes. */
export function placeAt(box: Box, x: Axis, y: Axis, px: number, py: number): Place {
  const cut = (t: number): number => Math.max(0, Math.min(1, t));
  return [
    x.low + (x.high - x.low) * cut((px - box.x) / box.width),
    y.low + (y.high - y.low) * cut(1 - (py - box.y) / box.height),
  ];
}

/** The predictions in colours with lines of equal height, the rows, where they end, and the way of the inputs. */
export const paintSurface =
  (picture: SurfacePicture): Paint =>
  (brush) => {
    const { context, width, height, palette } = brush;
    const box = surfaceBox(width, height);
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    drawField(brush, picture, box);
    drawOutside(brush, picture, box);
    drawRows(brush, picture, box);
    drawContours(brush, picture, box);
    drawBounds(brush, picture, box);
    context.restore();
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(box.x, box.y, box.width, box.height);
    drawAxes(brush, picture, box);
    drawWay(brush, picture, box);
  };

function drawField({ context, palette, image }: Brush, { surface, middle }: SurfacePicture, box: Box): void {
  const { side, values, low, high } = surface;
  const scale = Math.max(high - middle, middle - low) || 1;
  const pixels = new Uint8ClampedArray(4 * side * side);
  for (let j = 0; j < side; j++) {
    for (let i = 0; i < side; i++) {
      const [red, green, blue] = divergingRgb(palette, (0.8 * (values[j * side + i]! - middle)) / scale);
      pixels.set([red, green, blue, 255], 4 * ((side - 1 - j) * side + i));
    }
  }
  // The outer pixels have their middles on the edge of the box.
  const [w, h] = [box.width / (side - 1), box.height / (side - 1)];
  context.imageSmoothingEnabled = true;
  context.drawImage(image(pixels, side, side), box.x - w / 2, box.y - h / 2, box.width + w, box.height + h);
}

function drawOutside({ context, palette }: Brush, { surface }: SurfacePicture, box: Box): void {
  const { outside, outsideSide: side } = surface;
  const [w, h] = [box.width / (side - 1), box.height / (side - 1)];
  context.save();
  context.beginPath();
  for (let j = 0; j < side; j++) {
    let begin = -1;
    for (let i = 0; i <= side; i++) {
      const isOut = i < side && outside[j * side + i] === 1;
      if (isOut && begin < 0) begin = i;
      if (isOut || begin < 0) continue;
      context.rect(box.x + (begin - 0.5) * w, box.y + box.height - (j + 0.5) * h, (i - begin) * w, h + 0.5);
      begin = -1;
    }
  }
  context.clip();
  context.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += HATCH) {
    context.moveTo(x, box.y + box.height);
    context.lineTo(x + box.height, box.y);
  }
  context.strokeStyle = palette.muted;
  context.globalAlpha = 0.45;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.stroke();
  context.restore();
}

function drawRows({ context, palette }: Brush, { surface, x, y, row }: SurfacePicture, box: Box): void {
  const { rows } = surface;
  context.fillStyle = palette.text;
  context.globalAlpha = rows.length > 1000 ? 0.28 : 0.45;
  context.beginPath();
  for (let k = 0; k < rows.length; k += 2) {
    const [px, py] = toPixel(box, x, y, [rows[k]!, rows[k + 1]!]);
    context.rect(px - 1, py - 1, 2, 2);
  }
  context.fill();
  context.globalAlpha = 1;
  if (row === null) return;
  const [px, py] = toPixel(box, x, y, row);
  context.beginPath();
  context.rect(px - 5, py - 5, 10, 10);
  context.strokeStyle = palette.text;
  context.lineWidth = 1.5;
  context.stroke();
}

function drawContours(brush: Brush, { surface, middle }: SurfacePicture, box: Box): void {
  const { context, palette } = brush;
  const { side, values, low, high } = surface;
  const [w, h] = [box.width / (side - 1), box.height / (side - 1)];
  const labels: { x: number; y: number; text: string }[] = [];
  for (const level of roundSteps(low, high, CONTOURS)) {
    const stretches = contour(values, side, level);
    context.beginPath();
    let place: { x: number; y: number; room: number } | undefined;
    for (const [x1, y1, x2, y2] of stretches) {
      const [px, py] = [box.x + x1 * w, box.y + box.height - y1 * h];
      context.moveTo(px, py);
      context.lineTo(box.x + x2 * w, box.y + box.height - y2 * h);
      // The label goes where the others and the edges are farthest.
      const edges = Math.min(px - box.x - 14, box.x + box.width - px - 14, py - box.y, box.y + box.height - py) * 1.4;
      const room = labels.reduce(
        (least, label) => Math.min(least, Math.hypot(label.x - px, 1.6 * (label.y - py))),
        edges,
      );
      if (place === undefined || room > place.room) place = { x: px, y: py, room };
    }
    context.strokeStyle = palette.text;
    context.globalAlpha = level === middle ? 0.8 : 0.4;
    context.lineWidth = level === middle ? 1.5 : 1;
    context.setLineDash(level < middle ? [4, 3] : []);
    context.stroke();
    if (place !== undefined && place.room > 12) labels.push({ x: place.x, y: place.y, text: brief(level) });
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
  for (const { x, y, text } of labels) drawTag(brush, text, x, y, { size: 11 });
}

/** A short text on a patch of the background, so that it can be read on anything. */
function drawTag(
  brush: Brush,
  text: string,
  x: number,
  y: number,
  { size = 12, weight = 400, align = "center" as CanvasTextAlign } = {},
): void {
  const { context, palette } = brush;
  context.font = `${weight} ${size}px system-ui, sans-serif`;
  const wide = context.measureText(text).width + 6;
  const left = align === "center" ? x - wide / 2 : align === "left" ? x - 3 : x - wide + 3;
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.82;
  context.fillRect(left, y - size / 2 - 2, wide, size + 4);
  context.globalAlpha = 1;
  drawText(brush, text, x, y, { size, weight, align });
}

function drawBounds({ context, palette }: Brush, { bounds, x, y }: SurfacePicture, box: Box): void {
  if (bounds === null) return;
  const [left, bottom] = toPixel(box, x, y, bounds[0]);
  const [right, top] = toPixel(box, x, y, bounds[1]);
  context.strokeStyle = palette.text;
  context.globalAlpha = 0.7;
  context.lineWidth = 1.5;
  context.setLineDash([7, 4]);
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function drawAxes(brush: Brush, { x, y, xTitle, yTitle }: SurfacePicture, box: Box): void {
  const { context, palette } = brush;
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.setLineDash([]);
  for (const tick of roundSteps(x.low, x.high, Math.max(2, box.width / 70))) {
    const [px] = toPixel(box, x, y, [tick, y.low]);
    context.beginPath();
    context.moveTo(px, box.y + box.height);
    context.lineTo(px, box.y + box.height + 4);
    context.stroke();
    drawText(brush, brief(tick), px, box.y + box.height + 13, { size: 11, colour: palette.muted, align: "center" });
  }
  for (const tick of roundSteps(y.low, y.high, Math.max(2, box.height / 50))) {
    const [, py] = toPixel(box, x, y, [x.low, tick]);
    context.beginPath();
    context.moveTo(box.x - 4, py);
    context.lineTo(box.x, py);
    context.stroke();
    drawText(brush, brief(tick), box.x - 7, py, { size: 11, colour: palette.muted, align: "right" });
  }
  const below = box.y + box.height + 30;
  drawText(brush, xTitle, box.x + box.width / 2, below, { size: 12, align: "center" }, box.width);
  context.save();
  context.translate(10, box.y + box.height / 2);
  context.rotate(-Math.PI / 2);
  drawText(brush, yTitle, 0, 0, { size: 12, align: "center" }, box.height);
  context.restore();
}

function drawWay(brush: Brush, picture: SurfacePicture, box: Box): void {
  const { context, palette } = brush;
  const { path, step, x, y, best, words, slope } = picture;
  const points = path.map((place) => toPixel(box, x, y, place));
  const start = points[0];
  const end = points.at(-1);
  const here = points[step];
  if (start === undefined || end === undefined || here === undefined) return;
  for (const [colour, wide] of [
    [palette.surface, 5],
    [palette.update, 2.5],
  ] as const) {
    context.beginPath();
    for (const [i, [px, py]] of points.entries()) {
      if (i === 0) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.lineJoin = "round";
    context.stroke();
  }
  context.fillStyle = palette.update;
  for (const [px, py] of points) drawDisc(context, px, py, 2.5);
  if (best !== null) drawCross(brush, toPixel(box, x, y, best));
  drawRing(brush, start, 6, palette.surface);
  drawRing(brush, end, 6, palette.update);
  drawArrow(brush, here, [(slope[0] * box.width) / (x.high - x.low), (-slope[1] * box.height) / (y.high - y.low)]);
  if (step > 0 && step < points.length - 1) drawRing(brush, here, 4.5, palette.accent);
  const tags: { text: string; at: Place; below: boolean }[] = [{ text: words.start, at: start, below: true }];
  if (points.length > 1) tags.push({ text: words.found, at: end, below: true });
  if (best !== null) tags.push({ text: words.best, at: toPixel(box, x, y, best), below: false });
  const taken: Place[] = [];
  for (const { text, at, below } of tags) {
    let py = at[1] + (below ? 17 : -17);
    while (taken.some(([tx, ty]) => Math.abs(tx - at[0]) < 64 && Math.abs(ty - py) < 17)) py += below ? 17 : -17;
    const px = Math.max(box.x + 34, Math.min(box.x + box.width - 34, at[0]));
    py = Math.max(box.y + 10, Math.min(box.y + box.height - 10, py));
    taken.push([px, py]);
    drawTag(brush, text, px, py, { weight: 600 });
  }
}

function drawDisc(context: Brush["context"], x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function drawRing({ context, palette }: Brush, [x, y]: Place, radius: number, fill: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = palette.text;
  context.lineWidth = 2;
  context.stroke();
}

function drawCross({ context, palette }: Brush, [x, y]: Place): void {
  for (const [colour, wide] of [
    [palette.surface, 5.5],
    [palette.text, 2.5],
  ] as const) {
    context.beginPath();
    context.moveTo(x - 6, y - 6);
    context.lineTo(x + 6, y + 6);
    context.moveTo(x - 6, y + 6);
    context.lineTo(x + 6, y - 6);
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.stroke();
  }
}

/** Which way the loss falls fastest; its length says nothing. */
function drawArrow({ context, palette }: Brush, [x, y]: Place, [dx, dy]: Place): void {
  const size = Math.hypot(dx, dy);
  if (!(size > 1e-9)) return;
  const [ux, uy] = [dx / size, dy / size];
  const [tx, ty] = [x + ARROW * ux, y + ARROW * uy];
  for (const [colour, wide] of [
    [palette.surface, 6],
    [palette.negative, 3],
  ] as const) {
    context.beginPath();
    context.moveTo(x + 7 * ux, y + 7 * uy);
    context.lineTo(tx, ty);
    context.moveTo(tx - 8 * ux - 5 * uy, ty - 8 * uy + 5 * ux);
    context.lineTo(tx, ty);
    context.lineTo(tx - 8 * ux + 5 * uy, ty - 8 * uy - 5 * ux);
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.stroke();
  }
}

/** For the legend: the colour of a value above and below the middle. */
export const fieldColour = (palette: Brush["palette"], t: number): string => css(divergingRgb(palette, t));
