import type { Paint } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import type { Band } from "./band.ts";

const LEFT = 54;
const RIGHT = 26;
const BELOW = 36;
const ABOVE = 8;

export interface BandCurve {
  readonly name: string;
  readonly band: Band;
  /** Tells the curves apart besides colour. */
  readonly dash: readonly number[];
  readonly colour: "positive" | "negative";
}

/** What stands around the curves. */
export interface BandsFrame {
  /** A value in words, for the axis. */
  readonly print: (x: number) => string;
  readonly epochs: number;
  /** An epoch that is marked, counted from 1. */
  readonly chosen: number | null;
  readonly xLabel: string;
}

/** Round numbers, about `most` of them, that lie between two. */
export function ticksBetween(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** Least and greatest of all bands, with a little room; from 0 to 1 if there is nothing. */
export function rangeOfBands(bands: readonly Band[]): readonly [low: number, high: number] {
  const all = bands.flatMap(({ low, high }) => [...low, ...high]).filter(Number.isFinite);
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = high > low ? 0.06 * (high - low) : Math.max(0.01, Math.abs(high) * 0.05);
  return [low - room, high + room];
}

/** Means as lines and ranges as bands behind them, epoch by epoch. */
export const paintBands =
  (curves: readonly BandCurve[], { print, epochs, chosen, xLabel }: BandsFrame): Paint =>
  (brush) => {
    const { context, width, height, palette } = brush;
    const [low, high] = rangeOfBands(curves.map(({ band }) => band));
    const foot = height - BELOW;
    const x = (epoch: number): number =>
      LEFT + ((width - LEFT - RIGHT) * (epoch - 1)) / Math.max(1, epochs - 1) + (epochs === 1 ? (width - LEFT) / 2 : 0);
    const y = (value: number): number => foot - ((foot - ABOVE) * (value - low)) / (high - low);
    context.lineWidth = 1;
    for (const tick of ticksBetween(low, high, Math.max(2, Math.floor(foot / 44)))) {
      context.strokeStyle = palette.line;
      context.beginPath();
      context.moveTo(LEFT, y(tick));
      context.lineTo(width - RIGHT, y(tick));
      context.stroke();
      drawText(brush, print(tick), LEFT - 8, y(tick), { size: 11, align: "right", colour: palette.muted });
    }
    const across = ticksBetween(1, Math.max(2, epochs), Math.max(2, Math.floor(width / 70))).filter(Number.isInteger);
    for (const epoch of across.filter((tick) => tick >= 1 && tick <= epochs)) {
      drawText(brush, String(epoch), x(epoch), height - 26, { size: 11, align: "center", colour: palette.muted });
    }
    drawText(brush, xLabel, (LEFT + width - RIGHT) / 2, height - 8, {
      size: 11,
      align: "center",
      colour: palette.muted,
    });
    if (chosen !== null) {
      context.strokeStyle = palette.muted;
      context.setLineDash([2, 2]);
      context.beginPath();
      context.moveTo(x(chosen), ABOVE);
      context.lineTo(x(chosen), foot);
      context.stroke();
      context.setLineDash([]);
    }
    for (const { band, colour } of curves) {
      const places = band.mean.flatMap((mean, i) => (Number.isFinite(mean) ? [i] : []));
      if (places.length < 2) continue;
      context.globalAlpha = 0.18;
      context.fillStyle = palette[colour];
      context.beginPath();
      for (const [k, i] of places.entries()) {
        if (k === 0) context.moveTo(x(i + 1), y(band.high[i]!));
        else context.lineTo(x(i + 1), y(band.high[i]!));
      }
      for (const i of [...places].reverse()) context.lineTo(x(i + 1), y(band.low[i]!));
      context.closePath();
      context.fill();
      context.globalAlpha = 1;
    }
    const ends: { readonly name: string; readonly colour: string; y: number; readonly x: number }[] = [];
    for (const { name, band, dash, colour } of curves) {
      const places = band.mean.flatMap((mean, i) => (Number.isFinite(mean) ? [i] : []));
      if (places.length === 0) continue;
      context.strokeStyle = palette[colour];
      context.lineWidth = 2;
      context.setLineDash([...dash]);
      context.beginPath();
      for (const [k, i] of places.entries()) {
        if (k === 0) context.moveTo(x(i + 1), y(band.mean[i]!));
        else context.lineTo(x(i + 1), y(band.mean[i]!));
      }
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = palette[colour];
      for (const i of places) {
        context.beginPath();
        context.arc(x(i + 1), y(band.mean[i]!), 2.5, 0, 2 * Math.PI);
        context.fill();
      }
      const end = places.at(-1)!;
      ends.push({ name, colour: palette[colour], y: y(band.mean[end]!), x: x(end + 1) });
    }
    if (ends.length === 2 && Math.abs(ends[0]!.y - ends[1]!.y) < 14) {
      const upper = ends[0]!.y <= ends[1]!.y ? ends[0]! : ends[1]!;
      const lower = upper === ends[0] ? ends[1]! : ends[0]!;
      const middle = (upper.y + lower.y) / 2;
      upper.y = middle - 7;
      lower.y = middle + 7;
    }
    for (const end of ends) drawText(brush, end.name, end.x + 8, end.y, { size: 12, weight: 650, colour: end.colour });
  };
