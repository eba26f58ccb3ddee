import type { Box, Paint } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";
import type { RateCurve } from "./rates.ts";

/** @file The loss after a step against its learning rate, both on logarithmic axes. */

export interface RatePicture {
  readonly curve: RateCurve;
  readonly rate: number;
  readonly after: number | null;
  readonly words: { readonly now: string; readonly set: string; readonly rate: string };
}

const MARGIN = { left: 52, right: 14, top: 16, bottom: 34 };
/** The vertical axis ends at so many times the present loss: what lies beyond is cut off there. */
const MOST = 300;

export const rateBox = (width: number, height: number): Box => ({
  ...{ x: MARGIN.left, y: MARGIN.top },
  width: Math.max(1, width - MARGIN.left - MARGIN.right),
  height: Math.max(1, height - MARGIN.top - MARGIN.bottom),
});

const bounds = ({ rates }: RateCurve): readonly [number, number] => [
  Math.log10(rates[0]!),
  Math.log10(rates[rates.length - 1]!),
];

/** The power of ten of the rate under a point. */
export function powerAt(curve: RateCurve, box: Box, x: number): number {
  const [low, high] = bounds(curve);
  return low + (high - low) * Math.max(0, Math.min(1, (x - box.x) / box.width));
}

/** The rates between which the axis runs, and the losses. */
export function lossRange({ losses, loss }: RateCurve): readonly [low: number, high: number] {
  const seen = [...losses, loss].filter((x) => Number.isFinite(x) && x > 0);
  if (seen.length === 0) return [-1, 1];
  const most = Math.min(Math.max(...seen), MOST * Math.max(loss, 1e-12));
  const least = Math.max(Math.min(...seen), 1e-6 * most);
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const spare = Math.max(0.04, 0.06 * (high - low));
  return [low - spare, high + spare];
}

/** A power of ten as it is printed on an axis. */
function power(value: number): string {
  const p = Math.round(Math.log10(value));
  return p < -3 ? `1e−${-p}` : String(10 ** p);
}

export const paintRate =
  ({ curve, rate, after, words }: RatePicture): Paint =>
  (brush) => {
    const { context, palette, width, height } = brush;
    const box = rateBox(width, height);
    const [left, right] = bounds(curve);
    const [low, high] = lossRange(curve);
    const x = (value: number): number => box.x + (box.width * (Math.log10(value) - left)) / (right - left);
    const y = (value: number): number => {
      const p = value > 0 ? Math.log10(value) : Number.isFinite(value) ? low : high;
      const share = (Math.min(high, Math.max(low, Number.isNaN(p) ? high : p)) - low) / (high - low);
      return box.y + box.height * (1 - share);
    };
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    const label = { size: 11, colour: palette.muted } as const;
    for (let p = Math.ceil(left); p <= right; p++) {
      const at = x(10 ** p);
      context.beginPath();
      context.moveTo(at, box.y);
      context.lineTo(at, box.y + box.height);
      context.stroke();
      const isCrowded = box.width / (right - left) < 42 && (p - Math.ceil(left)) % 2 === 1;
      if (!isCrowded) drawText(brush, power(10 ** p), at, box.y + box.height + 11, { ...label, align: "center" });
    }
    const ticks = high - low > 1 ? [] : [low, (low + high) / 2, high].map((p) => 10 ** p);
    for (let p = Math.ceil(low); high - low > 1 && p <= high; p++) ticks.push(10 ** p);
    const stride = Math.ceil(ticks.length / 6);
    for (const value of ticks.filter((_, i) => i % stride === 0)) {
      const at = y(value);
      context.beginPath();
      context.moveTo(box.x, at);
      context.lineTo(box.x + box.width, at);
      context.stroke();
      drawText(brush, high - low > 1 ? power(value) : significant(value, 3), box.x - 6, at, {
        ...label,
        align: "right",
      });
    }
    drawText(brush, words.rate, box.x + box.width, height - 7, { ...label, align: "right" });

    context.strokeStyle = palette.muted;
    context.setLineDash([6, 4]);
    context.beginPath();
    context.moveTo(box.x, y(curve.loss));
    context.lineTo(box.x + box.width, y(curve.loss));
    context.stroke();
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(x(curve.rate), box.y);
    context.lineTo(x(curve.rate), box.y + box.height);
    context.stroke();
    context.setLineDash([]);
    drawText(brush, words.now, box.x + 4, y(curve.loss) - 8, label);
    const isLeft = x(curve.rate) > box.x + 110; // where the curve is high, before the rates that do something
    drawText(brush, words.set, x(curve.rate) + (isLeft ? -5 : 5), box.y + box.height - 8, {
      ...label,
      align: isLeft ? "right" : "left",
    });

    context.strokeStyle = palette.update;
    context.lineWidth = 2.25;
    context.lineJoin = "round";
    // What lies beyond the axis leaves the picture: it must not look like a level.
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.beginPath();
    for (const [i, value] of curve.rates.entries()) {
      const loss = curve.losses[i]!;
      const far =
        loss > 10 ** high || Number.isNaN(loss) ? box.y - box.height : loss < 10 ** low ? 2 * height : y(loss);
      if (i === 0) context.moveTo(x(value), far);
      else context.lineTo(x(value), far);
    }
    context.stroke();
    context.restore();
    if (after === null) return;
    const [px, py] = [x(rate), y(after)];
    context.strokeStyle = palette.text;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(px, box.y + box.height);
    context.stroke();
    context.fillStyle = palette.text;
    context.beginPath();
    context.arc(px, py, 5, 0, 2 * Math.PI);
    context.fill();
  };
