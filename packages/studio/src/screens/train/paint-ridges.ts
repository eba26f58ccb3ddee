import type { Paint } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";
import type { Histogram } from "./histogram.ts";

/** Room for the steps at the left, and for the axis below. */
const LEFT = 52;
const BELOW = 18;
const ABOVE = 6;
/** Height of a ridge in distances between ridges. */
const OVERLAP = 2.2;

/**
 * Histograms over one axis, one behind the other, the oldest at the top and behind. Each is as high as its fullest bin. The last
 * one, which is now, is filled and drawn boldly.
 */
export const paintRidges =
  (histograms: readonly Histogram[], steps: readonly string[]): Paint =>
  (brush) => {
    const { context, width, height, palette } = brush;
    if (histograms.length === 0) return;
    const low = Math.min(...histograms.map((histogram) => histogram.low));
    const high = Math.max(...histograms.map((histogram) => histogram.high));
    const wide = width - LEFT - 4;
    const x = (value: number): number => LEFT + (wide * (value - low)) / (high - low);
    const foot = height - BELOW;
    const gap = (foot - ABOVE) / (histograms.length - 1 + OVERLAP);
    const tall = gap * OVERLAP;
    const hasZero = low < 0 && high > 0 && !histograms[0]!.isLog;
    const print = (end: number): string => significant(histograms[0]!.isLog ? 10 ** end : end, 2);
    if (hasZero) {
      context.strokeStyle = palette.line;
      context.lineWidth = 1;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(x(0), 0);
      context.lineTo(x(0), foot);
      context.stroke();
      context.setLineDash([]);
    }
    for (const [i, histogram] of histograms.entries()) {
      const base = foot - gap * (histograms.length - 1 - i);
      const isNow = i === histograms.length - 1;
      const bins = histogram.shares.length;
      const fullest = Math.max(...histogram.shares, Number.MIN_VALUE);
      const at = (bin: number): number => x(histogram.low + ((bin + 0.5) * (histogram.high - histogram.low)) / bins);
      context.beginPath();
      context.moveTo(x(histogram.low), base);
      for (const [bin, share] of histogram.shares.entries()) context.lineTo(at(bin), base - (tall * share) / fullest);
      context.lineTo(x(histogram.high), base);
      context.closePath();
      context.globalAlpha = isNow ? 0.95 : 0.8;
      context.fillStyle = palette.surface;
      context.fill();
      if (isNow) {
        context.globalAlpha = 0.25;
        context.fillStyle = palette.positive;
        context.fill();
      }
      context.globalAlpha = 1;
      context.strokeStyle = isNow ? palette.positive : palette.muted;
      context.lineWidth = isNow ? 1.75 : 1;
      context.stroke();
      const style = { size: 11, align: "right", colour: isNow ? palette.text : palette.muted } as const;
      drawText(brush, steps[i] ?? "", LEFT - 6, base - 5, { ...style, weight: isNow ? 600 : 400 }, LEFT - 8);
    }
    const tick = { size: 11, colour: palette.muted } as const;
    drawText(brush, print(low), LEFT, height - 7, { ...tick, align: "left" });
    drawText(brush, print(high), width - 4, height - 7, { ...tick, align: "right" });
    if (hasZero && x(0) - LEFT > 56 && width - x(0) > 60) {
      drawText(brush, "0", x(0), height - 7, { ...tick, align: "center" });
    }
  };
