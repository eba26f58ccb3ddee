import type { Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";

/** A curve with the neuron's point on it, and the tangent there. */
export interface CurvePicture {
  readonly z: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** The neuron's own point. */
  readonly at: { readonly z: number; readonly value: number; readonly slope: number } | null;
  /** A point that the reader tries. */
  readonly tried: { readonly z: number; readonly value: number } | null;
  /** A killed unit: the curve is only where it would be. */
  readonly isSilenced: boolean;
  readonly labels: { readonly z: string; readonly value: string };
}

const LEFT = 50;
const RIGHT = 14;
const TOP = 16;
const BOTTOM = 26;

export interface CurveScales {
  readonly x: (z: number) => number;
  readonly y: (value: number) => number;
  readonly zAt: (x: number) => number;
  readonly low: number;
  readonly high: number;
}

export function scalesOf(
  { z, values }: Pick<CurvePicture, "z" | "values">,
  width: number,
  height: number,
): CurveScales {
  const [first, last] = [z[0]!, z[z.length - 1]!];
  let low = 0;
  let high = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const room = 0.08 * (high - low || 1);
  low -= room;
  high += room;
  const [wide, tall] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  return {
    x: (at) => LEFT + ((at - first) / (last - first)) * wide,
    y: (value) => TOP + ((high - value) / (high - low)) * tall,
    zAt: (x) => first + ((x - LEFT) / wide) * (last - first),
    low,
    high,
  };
}

export function drawCurve(brush: Brush, picture: CurvePicture): void {
  const { context, palette, width, height } = brush;
  const { z, values, at, tried, isSilenced, labels } = picture;
  const { x, y, low, high } = scalesOf(picture, width, height);
  const [first, last] = [z[0]!, z[z.length - 1]!];
  const small = { size: 11, colour: palette.muted } as const;

  context.lineWidth = 1;
  context.strokeStyle = palette.line;
  for (const tick of [first, first / 2, 0, last / 2, last]) {
    line(brush, x(tick), TOP, x(tick), height - BOTTOM);
    drawText(brush, significant(tick, 2).replace(/\.0+$/, ""), x(tick), height - BOTTOM + 10, {
      ...small,
      align: "center",
    });
  }
  for (const tick of ticksOf(low, high)) {
    line(brush, LEFT, y(tick), width - RIGHT, y(tick));
    drawText(brush, String(tick).replace("-", "−"), LEFT - 6, y(tick), { ...small, align: "right" });
  }
  context.strokeStyle = palette.muted;
  line(brush, LEFT, y(0), width - RIGHT, y(0));
  line(brush, x(0), TOP, x(0), height - BOTTOM);
  drawText(brush, labels.z, width - RIGHT, height - 5, { ...small, align: "right" });
  drawText(brush, labels.value, LEFT + 2, 7, small);

  context.beginPath();
  for (let i = 0; i < z.length; i++) {
    if (i === 0) context.moveTo(x(z[i]!), y(values[i]!));
    else context.lineTo(x(z[i]!), y(values[i]!));
  }
  context.strokeStyle = isSilenced ? palette.muted : palette.positive;
  context.lineWidth = 2;
  context.setLineDash(isSilenced ? [3, 4] : []);
  context.stroke();
  context.setLineDash([]);
  if (isSilenced) {
    context.strokeStyle = palette.text;
    context.lineWidth = 2.5;
    line(brush, LEFT, y(0), width - RIGHT, y(0));
  }
  if (at !== null && Number.isFinite(at.value)) drawPoint(brush, picture, at);
  if (tried === null) return;
  context.strokeStyle = palette.text;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x(tried.z), y(tried.value), 5, 0, 2 * Math.PI);
  context.stroke();
}

/** The point with its way to both axes, and the tangent: its steepness is the slope. */
function drawPoint(brush: Brush, picture: CurvePicture, at: NonNullable<CurvePicture["at"]>): void {
  const { context, palette, width, height } = brush;
  const { x, y } = scalesOf(picture, width, height);
  const [px, py] = [x(at.z), y(at.value)];
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  line(brush, px, y(0), px, py);
  line(brush, x(0), py, px, py);
  context.setLineDash([]);
  const run = x(1) - x(0);
  const rise = y(at.slope) - y(0);
  const reach = Math.min(90, width / 5) / Math.hypot(run, rise);
  context.save();
  context.beginPath();
  context.rect(LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM);
  context.clip();
  context.strokeStyle = palette.negative;
  context.lineWidth = 2;
  context.setLineDash([7, 4]);
  line(brush, px - run * reach, py - rise * reach, px + run * reach, py + rise * reach);
  context.setLineDash([]);
  context.restore();
  context.fillStyle = palette.surface;
  context.beginPath();
  context.arc(px, py, 7, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = palette.text;
  context.beginPath();
  context.arc(px, py, 5, 0, 2 * Math.PI);
  context.fill();
}

function line({ context }: Brush, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** Round numbers between two, three to six of them. */
export function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough)!;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(Number((k * step).toPrecision(6)));
  return ticks;
}
