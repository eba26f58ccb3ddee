import type { Paint } from "../../draw/brush.ts";
import { scaleOf } from "../../draw/palette.ts";
import { drawText } from "../../draw/text.ts";
import { significant } from "../../i18n/numbers.ts";
import type { CallInfo, Op } from "./tape.ts";
import type { GraphView } from "./worker.ts";

/** @file A small network as a graph: values above, gradients below, from the moment they are known. */

export interface GraphNode {
  /** 0 for the inputs, k + 1 for the output of call k. */
  readonly column: number;
  readonly unit: number;
}

export interface GraphPicture {
  readonly graph: GraphView;
  readonly calls: readonly CallInfo[];
  /** Columns up to this one have their values. */
  readonly known: number;
  /** Columns from this one on have their gradients; more than there are, if none has. */
  readonly knownGrads: number;
  readonly loss: number | null;
  readonly selected: GraphNode | null;
  /** Above the columns, such as z⁽¹⁾. */
  readonly symbols: readonly string[];
  readonly lossName: string;
}

/** How far values and gradients are known at an operation of the tape. */
export function knownAt(tape: readonly Op[], calls: readonly CallInfo[], at: number) {
  let known = 0;
  let knownGrads = calls.length + 1;
  let hasLoss = false;
  for (const { kind, call } of tape.slice(0, at + 1)) {
    if (kind === "forward" && call !== null) known = call + 1;
    if (kind === "loss") hasLoss = true;
    if (kind === "lossGrad") knownGrads = calls.length;
    if ((kind === "back" || kind === "slope") && call !== null) knownGrads = call;
  }
  return { known, knownGrads, hasLoss };
}

const RADIUS = 21;
const MARGIN = { x: 34, top: 34, bottom: 30 };

export interface NodePlace extends GraphNode {
  readonly x: number;
  readonly y: number;
}

/** Where the circles stand; the last column is kept for the loss. */
export function placesOf({ columns }: GraphView, width: number, height: number): NodePlace[] {
  const stride = (width - 2 * MARGIN.x) / columns.length;
  const tall = height - MARGIN.top - MARGIN.bottom;
  return columns.flatMap(({ values }, column) =>
    Array.from(values, (_, unit) => ({
      ...{ column, unit, x: MARGIN.x + stride * column },
      y: MARGIN.top + (tall * (unit + 0.5)) / values.length,
    })),
  );
}

export const heightOf = ({ columns }: GraphView): number =>
  Math.max(220, MARGIN.top + MARGIN.bottom + 78 * Math.max(...columns.map(({ values }) => values.length)));

export function nodeAt(places: readonly NodePlace[], x: number, y: number): NodePlace | undefined {
  const far = (place: NodePlace): number => Math.hypot(place.x - x, place.y - y);
  const nearest = places.reduce<NodePlace | undefined>(
    (best, one) => (best && far(best) <= far(one) ? best : one),
    undefined,
  );
  return nearest !== undefined && far(nearest) <= RADIUS + 14 ? nearest : undefined;
}

export const paintGraph =
  (picture: GraphPicture): Paint =>
  (brush) => {
    const { context, palette, width, height } = brush;
    const { graph, calls, known, knownGrads, selected, symbols } = picture;
    const places = placesOf(graph, width, height);
    const of = (column: number): NodePlace[] => places.filter((place) => place.column === column);
    const isSelected = (place: GraphNode): boolean => selected?.column === place.column && selected.unit === place.unit;
    const tight = Math.min(RADIUS, (width - 2 * MARGIN.x) / graph.columns.length / 2.6);
    const lossPlace = { x: width - MARGIN.x, y: (MARGIN.top + height - MARGIN.bottom) / 2 };

    for (const [k, call] of calls.entries()) {
      const weights = graph.weights[k];
      const scale = weights === undefined ? 1 : scaleOf(weights.values);
      for (const to of of(k + 1)) {
        for (const from of of(k)) {
          if (weights === undefined && from.unit !== to.unit) continue;
          const weight = weights === undefined ? 1 : weights.values[to.unit * call.inSize + from.unit]!;
          const isNear = isSelected(to) || isSelected(from);
          context.strokeStyle =
            weights === undefined ? palette.muted : weight < 0 ? palette.negative : palette.positive;
          context.globalAlpha = isNear || selected === null ? 0.9 : 0.35;
          context.lineWidth = weights === undefined ? 1 : 0.6 + (3.4 * Math.abs(weight)) / scale;
          context.setLineDash(weight < 0 ? [5, 4] : []);
          context.beginPath();
          context.moveTo(from.x, from.y);
          context.lineTo(to.x, to.y);
          context.stroke();
          context.setLineDash([]);
          context.globalAlpha = 1;
          if (weights !== undefined && isSelected(to)) {
            const grad = k + 1 >= knownGrads ? weights.grads[to.unit * call.inSize + from.unit]! : null;
            // Staggered, so that numbers of lines that cross do not lie on each other.
            const t = call.inSize === 1 ? 0.5 : 0.28 + (0.44 * from.unit) / (call.inSize - 1);
            const [x, y] = [from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)];
            context.fillStyle = palette.surface;
            context.globalAlpha = 0.85;
            context.fillRect(x - 29, y - 15, 58, grad === null ? 14 : 28);
            context.globalAlpha = 1;
            drawText(brush, `w ${significant(weight, 3)}`, x, y - 8, { size: 10.5, align: "center" });
            if (grad !== null) {
              const style = { size: 10.5, align: "center", colour: palette.negative } as const;
              drawText(brush, `∂ ${significant(grad, 3)}`, x, y + 5, style);
            }
          }
        }
      }
    }
    context.strokeStyle = palette.muted;
    context.lineWidth = 1;
    for (const from of of(graph.columns.length - 1)) {
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(lossPlace.x, lossPlace.y);
      context.stroke();
    }
    const circle = (x: number, y: number, isStrong: boolean): void => {
      context.fillStyle = palette.surface;
      context.strokeStyle = isStrong ? palette.selected : palette.muted;
      context.lineWidth = isStrong ? 3 : 1.25;
      context.beginPath();
      context.arc(x, y, tight, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    };
    const inside = { size: tight < 18 ? 9.5 : 11, align: "center", weight: 600 } as const;
    for (const place of places) {
      const { values, grads } = graph.columns[place.column]!;
      circle(place.x, place.y, isSelected(place));
      if (place.column <= known) {
        drawText(brush, significant(values[place.unit]!, tight < 18 ? 2 : 3), place.x, place.y, inside);
      } else drawText(brush, "·", place.x, place.y, { ...inside, colour: palette.muted });
      if (place.column >= knownGrads) {
        const below = { size: 10.5, align: "center", colour: palette.negative } as const;
        drawText(brush, `∂ ${significant(grads[place.unit]!, 2)}`, place.x, place.y + tight + 9, below);
      }
    }
    circle(lossPlace.x, lossPlace.y, false);
    drawText(brush, picture.loss === null ? "·" : significant(picture.loss, 3), lossPlace.x, lossPlace.y, inside);
    const head = { size: 12, align: "center", colour: palette.muted } as const;
    const stride = (width - 2 * MARGIN.x) / graph.columns.length;
    for (const [k, symbol] of symbols.entries()) drawText(brush, symbol, MARGIN.x + stride * k, 12, head);
    drawText(brush, "L", lossPlace.x, 12, head);
  };
