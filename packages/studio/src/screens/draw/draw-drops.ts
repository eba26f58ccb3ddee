import type { Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";

export interface Drops {
  /** What was lost without the strongest units. */
  readonly drop: number;
  /** What was lost without random ones, draw by draw. */
  readonly random: ArrayLike<number>;
  readonly labels: {
    readonly axis: string;
    readonly strongest: string;
    readonly random: string;
    /** A number on the axis. */
    readonly number: (x: number) => string;
  };
}

const FOOT = 38;
const HEAD = 30;

/** Round numbers that divide an axis into some four parts. */
export function ticksOf(low: number, high: number): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const raw = span / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((candidate) => candidate >= raw)!;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high + 1e-9 * span; k++) ticks.push(k === 0 ? 0 : k * step);
  return ticks;
}

/** Random drops as a pile of dots, and the drop of the strongest units as a line with its name. */
export function drawDrops(brush: Brush, { drop, random, labels }: Drops): void {
  const { context, palette, width, height } = brush;
  let [low, high] = [Math.min(0, drop), Math.max(0, drop)];
  for (let i = 0; i < random.length; i++) {
    low = Math.min(low, random[i]!);
    high = Math.max(high, random[i]!);
  }
  const pad = 0.05 * (high - low || 1);
  [low, high] = [low - pad, high + pad];
  const place = (x: number): number => 8 + ((width - 16) * (x - low)) / (high - low);
  const base = height - FOOT;

  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  for (const tick of ticksOf(low, high)) {
    const x = place(tick);
    context.beginPath();
    context.moveTo(x, HEAD);
    context.lineTo(x, base);
    context.stroke();
    drawText(brush, labels.number(tick), x, base + 11, { size: 11, colour: palette.muted, align: "center" });
  }
  context.strokeStyle = palette.muted;
  context.beginPath();
  context.moveTo(8, base);
  context.lineTo(width - 8, base);
  context.stroke();
  drawText(brush, labels.axis, width / 2, height - 8, { size: 11.5, colour: palette.muted, align: "center" });

  const radius = 3;
  const columns = Math.max(1, Math.floor((width - 16) / (2 * radius + 1)));
  const piles = new Array<number>(columns + 1).fill(0);
  const bins = Array.from(random, (x) => Math.round(((place(x) - 8) / (width - 16)) * columns));
  for (const bin of bins) piles[bin]!++;
  const highest = Math.max(1, ...piles);
  const pitch = Math.min(2 * radius + 0.6, (base - HEAD - 6) / highest);
  piles.fill(0);
  context.fillStyle = palette.muted;
  context.globalAlpha = 0.75;
  for (const bin of bins) {
    const x = 8 + ((width - 16) * bin) / columns;
    context.beginPath();
    context.arc(x, base - radius - 1 - pitch * piles[bin]!, radius, 0, 2 * Math.PI);
    context.fill();
    piles[bin]!++;
  }
  context.globalAlpha = 1;

  const x = place(drop);
  context.strokeStyle = palette.negative;
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(x, HEAD - 6);
  context.lineTo(x, base);
  context.stroke();
  const isRight = x > width * 0.6;
  const style = { size: 12, weight: 600, colour: palette.negative } as const;
  drawText(brush, labels.strongest, x + (isRight ? -6 : 6), 12, { ...style, align: isRight ? "right" : "left" });
}
