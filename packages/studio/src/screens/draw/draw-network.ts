import type { Box, Brush } from "../../draw/brush.ts";
import { css, divergingRgb, scaleOf } from "../../draw/palette.ts";
import { drawText } from "../../draw/text.ts";
import { drawInk } from "./draw-ink.ts";
import type { LookEdge, Spot } from "./look.ts";

/** @file The picture that people expect of a network: circles in columns, and lines between them. */

export interface NetworkColumn {
  /** Units that are shown, in their order. */
  readonly units: readonly number[];
  readonly total: number;
  /** What all units give; `null` before anything is known. */
  readonly values: ArrayLike<number> | null;
  /** The value of full colour; the greatest of all, if it is not given. */
  readonly scale?: number;
  readonly title: string;
  /** Such as "16 of 128". */
  readonly caption: string;
}

export interface NetworkPicture {
  readonly columns: readonly NetworkColumn[];
  /** Lines that stand out, column gap by column gap. */
  readonly gaps: readonly { readonly edges: readonly LookEdge[]; readonly caption: string }[];
  /** The 28 × 28 bytes beside the input; `null` for none. */
  readonly image: ArrayLike<number> | null;
  /** Rings: what is selected, and what the pointer is on. */
  readonly selected: readonly Spot[];
  readonly focus: Spot | null;
}

export interface Circle extends Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface NetworkLayout {
  /** Column by column, in the order of `units`. */
  readonly columns: readonly (readonly Circle[])[];
  /** Where units are left out. */
  readonly dots: readonly { readonly x: number; readonly y: number }[];
  readonly image: Box | null;
}

/** Room below the circles for titles and captions. */
export const FOOT = 40;
const HEAD = 4;
const MAX_RADIUS = 10;
/** Narrower pictures leave the image and the captions of the gaps out. */
const NARROW = 430;

/** How many circles a column of this height holds. */
export const roomFor = (height: number): number =>
  Math.max(4, Math.min(18, Math.floor((height - FOOT - HEAD) / 21) - 1));

export function layoutNetwork(
  columns: readonly Pick<NetworkColumn, "units" | "total">[],
  width: number,
  height: number,
): NetworkLayout {
  const tall = height - FOOT - HEAD;
  const isNarrow = width < NARROW;
  const side = Math.min(112, width * 0.19);
  const image = isNarrow ? null : { x: 1, y: HEAD + tall / 2 - side / 2, width: side, height: side };
  const left = isNarrow ? 26 : side + 58;
  const right = width - 22;
  const dots: { x: number; y: number }[] = [];
  const placed = columns.map(({ units, total }, column) => {
    const x = columns.length === 1 ? left : left + ((right - left) * column) / (columns.length - 1);
    const isCut = units.length < total;
    const rows = units.length + (isCut ? 1 : 0);
    const pitch = tall / Math.max(rows, 10);
    const top = HEAD + (tall - pitch * rows) / 2 + pitch / 2;
    const half = Math.ceil(units.length / 2);
    if (isCut) dots.push({ x, y: top + pitch * half });
    const radius = Math.min(MAX_RADIUS, 0.42 * pitch);
    return units.map((unit, i): Circle => {
      const row = isCut && i >= half ? i + 1 : i;
      return { column, unit, x, y: top + pitch * row, radius };
    });
  });
  return { columns: placed, dots, image };
}

/** The circle at a point, or close to it. */
export function circleAt({ columns }: NetworkLayout, x: number, y: number): Circle | null {
  let best: Circle | null = null;
  let nearest = 14;
  for (const circle of columns.flat()) {
    const distance = Math.hypot(circle.x - x, circle.y - y);
    if (distance >= Math.max(nearest, best === null ? circle.radius : 0)) continue;
    nearest = distance;
    best = circle;
  }
  return best;
}

const isSame = (a: Spot, b: Spot): boolean => a.column === b.column && a.unit === b.unit;

export function drawNetwork(brush: Brush, picture: NetworkPicture): void {
  const { context, palette, width, height } = brush;
  const layout = layoutNetwork(picture.columns, width, height);
  const isNarrow = width < NARROW;
  const foot = height - FOOT;

  // Every line between circles that are shown, faintly: the shape of the network.
  context.strokeStyle = palette.line;
  context.lineWidth = 0.6;
  context.globalAlpha = 0.8;
  context.beginPath();
  for (const [gap, from] of layout.columns.slice(0, -1).entries()) {
    for (const a of from) {
      for (const b of layout.columns[gap + 1]!) {
        context.moveTo(a.x, a.y);
        context.lineTo(b.x, b.y);
      }
    }
  }
  context.stroke();
  context.globalAlpha = 1;

  if (layout.image !== null) drawImageColumn(brush, picture, layout, layout.image);
  for (const [gap, { edges }] of picture.gaps.entries()) drawGap(brush, layout, gap, edges);

  for (const [index, circles] of layout.columns.entries()) {
    const { values, scale } = picture.columns[index]!;
    const full = scale ?? (values === null ? 1 : scaleOf(values));
    for (const circle of circles) {
      const value = values?.[circle.unit] ?? 0;
      context.beginPath();
      context.arc(circle.x, circle.y, circle.radius, 0, 2 * Math.PI);
      context.fillStyle = css(divergingRgb(palette, value / full));
      context.fill();
      context.strokeStyle = palette.muted;
      context.lineWidth = 1;
      context.stroke();
      if (value < 0) drawText(brush, "−", circle.x, circle.y, { size: 11, weight: 700, align: "center" });
    }
  }
  context.fillStyle = palette.muted;
  for (const { x, y } of layout.dots) {
    for (const dy of [-5, 0, 5]) {
      context.beginPath();
      context.arc(x, y + dy, 1.4, 0, 2 * Math.PI);
      context.fill();
    }
  }
  for (const circle of layout.columns.flat()) {
    const isFocus = picture.focus !== null && isSame(circle, picture.focus);
    if (!isFocus && !picture.selected.some((spot) => isSame(circle, spot))) continue;
    context.beginPath();
    context.arc(circle.x, circle.y, circle.radius + 3, 0, 2 * Math.PI);
    context.strokeStyle = isFocus ? palette.text : palette.selected;
    context.lineWidth = 2;
    context.stroke();
  }

  for (const [index, { title, caption }] of picture.columns.entries()) {
    const x = layout.columns[index]![0]?.x ?? 0;
    const isFirst = index === 0;
    const isLast = index === picture.columns.length - 1;
    const align = isNarrow && isFirst ? "left" : isLast ? "right" : "center";
    const at = align === "left" ? 2 : align === "right" ? width - 2 : x;
    drawText(brush, title, at, foot + 14, { size: 12, weight: 600, align });
    drawText(brush, caption, at, foot + 31, { size: 11.5, colour: palette.muted, align });
  }
}

/** The picture beside its numbers, with a line from each pixel to its circle. */
function drawImageColumn(brush: Brush, { image }: NetworkPicture, layout: NetworkLayout, box: Box): void {
  const { context, palette } = brush;
  const size = box.width / 28;
  if (image !== null) drawInk(brush, image, 28, box);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(box.x - 0.5, box.y - 0.5, box.width + 1, box.height + 1);
  if (image === null) return;
  context.strokeStyle = palette.muted;
  context.lineWidth = 0.6;
  context.globalAlpha = 0.55;
  context.beginPath();
  for (const { unit, x, y, radius } of layout.columns[0]!) {
    context.moveTo(box.x + ((unit % 28) + 0.5) * size, box.y + (Math.floor(unit / 28) + 0.5) * size);
    context.lineTo(x - radius, y);
  }
  context.stroke();
  context.globalAlpha = 1;
}

const WIDEST = 2.6;

/** The strongest lines of one gap: solid above 0, dashed below, as wide as they are strong. */
function drawGap({ context, palette }: Brush, layout: NetworkLayout, gap: number, edges: readonly LookEdge[]): void {
  const placeOf = (column: number): Map<number, Circle> =>
    new Map(layout.columns[column]!.map((circle) => [circle.unit, circle]));
  const [from, to] = [placeOf(gap), placeOf(gap + 1)];
  const scale = scaleOf(edges.map(({ value }) => value));
  // The strongest is drawn last, above the others.
  for (let i = edges.length - 1; i >= 0; i--) {
    const { value, ...edge } = edges[i]!;
    const [a, b] = [from.get(edge.from), to.get(edge.to)];
    if (a === undefined || b === undefined) continue;
    const strength = Math.abs(value) / scale;
    context.beginPath();
    context.moveTo(a.x + a.radius, a.y);
    context.lineTo(b.x - b.radius, b.y);
    context.strokeStyle = value < 0 ? palette.negative : palette.positive;
    context.globalAlpha = 0.25 + 0.75 * strength;
    context.lineWidth = 0.5 + WIDEST * strength;
    context.setLineDash(value < 0 ? [5, 3] : []);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}
