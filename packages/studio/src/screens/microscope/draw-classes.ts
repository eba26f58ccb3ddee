import type { Brush } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";

/** How a unit's activations are spread, a line for each class. */
export interface ClassesPicture {
  readonly names: readonly string[];
  readonly edges: ArrayLike<number>;
  /** Rows of the data in each bin, by class. */
  readonly counts: readonly ArrayLike<number>[];
  readonly means: ArrayLike<number>;
  readonly selected: number | null;
  /** The activation of the example that is looked at, to be marked. */
  readonly value: number | null;
  readonly meanTitle: string;
}

const LEFT = 34;
const RIGHT = 58;
const BOTTOM = 22;
const TOP = 16;

/** The class whose line is at a height. */
export function classAt(count: number, y: number, height: number): number | null {
  const line = Math.floor(((y - TOP) / (height - TOP - BOTTOM)) * count);
  return line >= 0 && line < count ? line : null;
}

/** Lines of bars, each with its class at the left and its mean at the right. Bars go by the square root of the count: zeros are so many that nothing else would be seen. */
export function drawClasses(brush: Brush, picture: ClassesPicture): void {
  const { context, palette, width, height } = brush;
  const { names, edges, counts, means, selected, value, meanTitle } = picture;
  const bins = edges.length - 1;
  const [low, high] = [edges[0]!, edges[bins]!];
  const line = (height - TOP - BOTTOM) / names.length;
  const wide = width - LEFT - RIGHT;
  const x = (v: number): number => LEFT + (high > low ? (v - low) / (high - low) : 0.5) * wide;
  const small = { size: 11, colour: palette.muted } as const;
  drawText(brush, meanTitle, width - 2, 7, { ...small, align: "right" }, RIGHT);

  names.forEach((name, k) => {
    const base = TOP + (k + 1) * line - 2;
    const isChosen = k === selected;
    if (isChosen) {
      context.fillStyle = palette.line;
      context.globalAlpha = 0.45;
      context.fillRect(0, TOP + k * line, width, line);
      context.globalAlpha = 1;
    }
    const own = counts[k]!;
    let most = 1;
    for (let bin = 0; bin < bins; bin++) most = Math.max(most, own[bin]!);
    context.fillStyle = isChosen ? palette.accent : palette.positive;
    context.globalAlpha = isChosen ? 1 : 0.72;
    for (let bin = 0; bin < bins; bin++) {
      const tall = Math.sqrt(own[bin]! / most) * (line - 5);
      if (tall > 0)
        context.fillRect(LEFT + (bin / bins) * wide, base - Math.max(1, tall), wide / bins - 1, Math.max(1, tall));
    }
    context.globalAlpha = 1;
    context.fillStyle = palette.line;
    context.fillRect(LEFT, base, wide, 1);
    drawText(
      brush,
      name,
      LEFT - 8,
      base - line / 2 + 3,
      { size: 12, align: "right", weight: isChosen ? 650 : 400 },
      LEFT - 6,
    );
    if (Number.isFinite(means[k]!)) {
      // The mean: a needle with a head, so that it is no bar.
      const at = x(means[k]!);
      context.fillStyle = palette.negative;
      context.fillRect(at - 1, base - line + 6, 2, line - 6);
      context.beginPath();
      context.arc(at, base - line + 6, 2.5, 0, 2 * Math.PI);
      context.fill();
      const shown = Math.abs(means[k]!) < 0.005 ? "0.00" : significant(means[k]!, 3);
      drawText(brush, shown, width - 2, base - line / 2 + 3, {
        size: 12,
        align: "right",
        weight: isChosen ? 650 : 400,
      });
    }
  });
  const foot = height - BOTTOM + 11;
  drawText(brush, significant(low, 3), LEFT, foot, small);
  drawText(brush, significant(high, 3), LEFT + wide, foot, { ...small, align: "right" });
  if (value === null || !(value >= low && value <= high)) return;
  context.strokeStyle = palette.text;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x(value), TOP);
  context.lineTo(x(value), height - BOTTOM + 4);
  context.stroke();
  context.setLineDash([]);
}
