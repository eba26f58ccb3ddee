import type { Box, Brush, Paint } from "../../draw/brush.ts";
import { contour, roundSteps } from "../../draw/contours.ts";
import { css, type Rgb } from "../../draw/palette.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";
import type { RacerName, Surface, Way } from "./two-weights.ts";

/** @file The loss of a model with two weights as a landscape, and the ways of optimizers on it. */

export interface TwoPicture {
  readonly surface: Surface;
  readonly ways: readonly Way[];
  /** Steps of the ways that are shown. */
  readonly step: number;
  readonly start: readonly [number, number];
  readonly axes: readonly [string, string];
  readonly words: { readonly start: string; readonly best: string };
}

const MARGIN = { left: 38, right: 10, top: 10, bottom: 34 };
const LINES = 12;

export const twoBox = (width: number, height: number): Box => ({
  ...{ x: MARGIN.left, y: MARGIN.top },
  width: Math.max(1, width - MARGIN.left - MARGIN.right),
  height: Math.max(1, height - MARGIN.top - MARGIN.bottom),
});

/** The weights under a point of the canvas. */
export function weightsAt({ low, high }: Surface, box: Box, x: number, y: number): readonly [number, number] {
  const cut = (t: number): number => Math.max(0, Math.min(1, t));
  return [
    low[0] + (high[0] - low[0]) * cut((x - box.x) / box.width),
    low[1] + (high[1] - low[1]) * cut(1 - (y - box.y) / box.height),
  ];
}

/** How each optimizer is drawn: colour, dash and mark tell it apart, any one of them alone. */
export const looks: Readonly<
  Record<
    RacerName,
    {
      readonly colour: "text" | "negative" | "update" | "accent";
      readonly dash: readonly number[];
      readonly mark: Mark;
    }
  >
> = {
  sgd: { colour: "text", dash: [], mark: "circle" },
  momentum: { colour: "negative", dash: [7, 4], mark: "square" },
  nesterov: { colour: "update", dash: [2, 3], mark: "triangle" },
  adam: { colour: "accent", dash: [10, 3, 2, 3], mark: "diamond" },
};

export type Mark = "circle" | "square" | "triangle" | "diamond";

export function drawMark({ context }: Pick<Brush, "context">, mark: Mark, x: number, y: number, size: number): void {
  context.beginPath();
  if (mark === "circle") context.arc(x, y, size, 0, 2 * Math.PI);
  else {
    const corners: Readonly<Record<Exclude<Mark, "circle">, readonly (readonly [number, number])[]>> = {
      square: [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ],
      triangle: [
        [0, -1.25],
        [1.15, 0.9],
        [-1.15, 0.9],
      ],
      diamond: [
        [0, -1.4],
        [1.1, 0],
        [0, 1.4],
        [-1.1, 0],
      ],
    };
    for (const [i, [u, v]] of corners[mark].entries()) {
      if (i === 0) context.moveTo(x + u * size, y + v * size);
      else context.lineTo(x + u * size, y + v * size);
    }
    context.closePath();
  }
  context.fill();
  context.stroke();
}

const mix = (a: Rgb, b: Rgb, t: number): Rgb => [0, 1, 2].map((i) => Math.round(a[i]! + (b[i]! - a[i]!) * t)) as never;

export const paintTwo =
  (picture: TwoPicture): Paint =>
  (brush) => {
    const { context, palette, width, height } = brush;
    const { surface, ways, step, start, axes, words } = picture;
    const { side, low, high, best } = surface;
    const box = twoBox(width, height);
    const x = (w: number): number => box.x + (box.width * (w - low[0])) / (high[0] - low[0]);
    const y = (w: number): number => box.y + box.height * (1 - (w - low[1]) / (high[1] - low[1]));
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    drawField(brush, surface, box);
    const [w, h] = [box.width / (side - 1), box.height / (side - 1)];
    const logs = surface.losses.map((loss) => Math.log10(Math.max(loss, 1e-9)));
    const [least, most] = [Math.min(...logs), Math.max(...logs)];
    context.strokeStyle = palette.muted;
    context.globalAlpha = 0.5;
    context.lineWidth = 1;
    context.beginPath();
    for (let k = 1; k <= LINES; k++) {
      for (const [x1, y1, x2, y2] of contour(logs, side, least + ((most - least) * k) / (LINES + 1))) {
        context.moveTo(box.x + x1 * w, box.y + box.height - y1 * h);
        context.lineTo(box.x + x2 * w, box.y + box.height - y2 * h);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
    for (const way of ways) drawWay(brush, way, step, x, y);
    const [bx, by] = [x(best.first), y(best.second)];
    context.strokeStyle = palette.text;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(bx - 6, by);
    context.lineTo(bx + 6, by);
    context.moveTo(bx, by - 6);
    context.lineTo(bx, by + 6);
    context.stroke();
    label(brush, words.best, bx + 9, by + 13);
    const [sx, sy] = [x(start[0]), y(start[1])];
    context.fillStyle = palette.surface;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(sx, sy, 7, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    label(brush, words.start, sx + 11, sy - 11);
    context.restore();
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(box.x, box.y, box.width, box.height);
    const ink = { size: 11, colour: palette.muted } as const;
    for (const value of roundSteps(low[0], high[0], 6)) {
      drawText(brush, tick(value), x(value), box.y + box.height + 11, { ...ink, align: "center" });
    }
    for (const value of roundSteps(low[1], high[1], 6)) {
      drawText(brush, tick(value), box.x - 6, y(value), { ...ink, align: "right" });
    }
    drawText(brush, axes[0], box.x + box.width, height - 7, { ...ink, align: "right" });
    drawText(brush, axes[1], 4, box.y + 6, ink);
  };

/** Words on the landscape, legible on any of its colours. */
function label(brush: Brush, text: string, x: number, y: number): void {
  const { context, palette } = brush;
  drawText(brush, text, x, y, { size: 11, weight: 600 });
  const { width } = context.measureText(text);
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.8;
  context.fillRect(x - 3, y - 8, width + 6, 16);
  context.globalAlpha = 1;
  drawText(brush, text, x, y, { size: 11, weight: 600 });
}

const tick = (value: number): string => (value === 0 ? "0" : significant(value, 2).replace(/\.0$/, ""));

function drawField({ context, palette, image }: Brush, { losses, side }: Surface, box: Box): void {
  const logs = losses.map((loss) => Math.log10(Math.max(loss, 1e-9)));
  const [least, most] = [Math.min(...logs), Math.max(...logs)];
  const { zero, positive } = palette.diverging;
  const pixels = new Uint8ClampedArray(4 * side * side);
  for (let j = 0; j < side; j++) {
    for (let i = 0; i < side; i++) {
      const share = (logs[j * side + i]! - least) / (most - least || 1);
      pixels.set([...mix(zero, positive, 0.42 * share), 255], 4 * ((side - 1 - j) * side + i));
    }
  }
  const [w, h] = [box.width / (side - 1), box.height / (side - 1)];
  context.imageSmoothingEnabled = true;
  context.drawImage(image(pixels, side, side), box.x - w / 2, box.y - h / 2, box.width + w, box.height + h);
}

type Axis = (value: number) => number;

function drawWay(brush: Brush, { racer, points }: Way, step: number, x: Axis, y: Axis): void {
  const { context, palette } = brush;
  const { colour, dash, mark } = looks[racer];
  const last = Math.min(step, points.length / 2 - 1);
  const far = (value: number): number => Math.max(-4000, Math.min(4000, value));
  context.strokeStyle = css(palette.diverging.zero, 0.7);
  context.lineJoin = "round";
  const trace = (): void => {
    context.beginPath();
    for (let i = 0; i <= last; i++) {
      const [px, py] = [far(x(points[2 * i]!)), far(y(points[2 * i + 1]!))];
      if (i === 0) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
    context.stroke();
  };
  context.lineWidth = 4;
  trace();
  context.strokeStyle = palette[colour];
  context.lineWidth = 2;
  context.setLineDash([...dash]);
  trace();
  context.setLineDash([]);
  context.fillStyle = palette[colour];
  context.strokeStyle = palette.surface;
  context.lineWidth = 1.25;
  for (let i = 0; i <= last; i++) {
    const isLast = i === last;
    if (!isLast && i % 5 !== 0) continue;
    drawMark(brush, mark, far(x(points[2 * i]!)), far(y(points[2 * i + 1]!)), isLast ? 6 : 2.6);
  }
}
