import type { Brush } from "./brush.ts";

/** A connection between two points, drawn by its sign and strength. */
export interface Edge {
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  /** Its sign gives the colour and the dash, its size the width. */
  readonly value: number;
}

const MAX_WIDTH = 3;

/** Connections as smooth lines: solid above 0, dashed below, so that the sign does not rest on colour alone. */
export function drawEdges({ context, palette }: Brush, edges: readonly Edge[], scale: number): void {
  for (const { from, to, value } of edges) {
    const strength = Math.min(1, Math.abs(value) / scale);
    const bend = (to[0] - from[0]) / 2;
    context.beginPath();
    context.moveTo(from[0], from[1]);
    context.bezierCurveTo(from[0] + bend, from[1], to[0] - bend, to[1], to[0], to[1]);
    context.strokeStyle = value < 0 ? palette.negative : palette.positive;
    context.globalAlpha = 0.25 + 0.75 * strength;
    context.lineWidth = 0.5 + MAX_WIDTH * strength;
    context.setLineDash(value < 0 ? [4, 3] : []);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** Places of the `k` greatest magnitudes, the greatest first. */
export function strongest(values: ArrayLike<number>, k: number): number[] {
  const places = Array.from({ length: values.length }, (_, i) => i);
  return places.sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b).slice(0, k);
}
