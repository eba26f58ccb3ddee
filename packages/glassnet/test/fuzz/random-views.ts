import { type Shape, sizeOf } from "../../src/core/shape.ts";
import type { Value } from "../../src/ir/graph.ts";
import type { PrimName } from "../../src/ir/prim.ts";
import type { Draw } from "./random-kernel.ts";

/**
 * @file One tensor seen through many views that meet in one expression: windows, steps, mirror images, transposes, rows
 * for all, other shapes. Each view of an operand takes a slot of a block, and so does each row that a block reduces and
 * uses again; there may be more of either than a block has slots.
 */

/** How many views meet; a block has 64 slots. */
const COUNTS = [2, 3, 4, 4, 6, 8, 12, 20, 43, 66, 90];

const arithmetic = ["add", "sub", "maximum", "minimum", "maximum", "minimum"] as const;

/** A tensor to look at: rather a small one, since each view of it is computed. */
function seenOf(d: Draw): Value {
  const isSmall = ({ shape, dtype }: Value) =>
    shape.length > 0 && sizeOf(shape) > 1 && sizeOf(shape) <= 600 && (dtype !== "bool" || d.chance(0.3));
  const known = d.some(isSmall);
  if (known !== undefined && d.chance(0.7)) return known;
  const shape = d.pick<Shape>([[97], [200], [12, 17], [9, 9], [24, 8], [5, 7, 6], [3, 4, 5, 6]]);
  return d.input(d.pick(["f32", "f32", "f32", "i32", "u8", "bool"] as const), shape);
}

/** One axis of a view: `size` elements of one that is `length` long. */
function range(d: Draw, length: number, size: number): { start: number; stop: number; step: number; flips: boolean } {
  const widest = size > 1 ? Math.floor((length - 1) / (size - 1)) : 1;
  const step = d.chance(0.25) ? 1 + d.below(Math.min(widest, 3)) : 1;
  const span = size === 0 ? 0 : (size - 1) * step + 1;
  const start = d.below(length - span + 1);
  return { start, stop: start + span, step, flips: d.chance(0.15) };
}

/** A view of `shape` of a tensor of the same rank: a window somewhere in it, one row of it for all, or both. */
function windowOf(d: Draw, x: Value, shape: Shape): Value {
  const cut = shape.map((size, axis) => (size > 1 && d.chance(0.1) ? 1 : Math.min(size, x.shape[axis]!)));
  const ranges = cut.map((size, axis) => range(d, x.shape[axis]!, size));
  const attrs = {
    start: ranges.map(({ start }) => start),
    stop: ranges.map(({ stop }) => stop),
    step: ranges.map(({ step }) => step),
  };
  let view = d.emit("slice", [x], attrs);
  const axes = ranges.flatMap(({ flips }, axis) => (flips ? [axis] : []));
  if (axes.length > 0) view = d.emit("flip", [view], { axes });
  return d.ops.broadcast(view, shape);
}

/** A view of `shape` that was another one's before: its axes in another order, or in one row, cut and folded up again. */
function turnedOf(d: Draw, x: Value, shape: Shape): Value | undefined {
  if (d.chance(0.5)) {
    const perm = d.shuffled(shape.map((_, axis) => axis));
    const turned = perm.map((_, axis) => shape[perm.indexOf(axis)]!); // the shape that `perm` brings to `shape`
    if (!turned.every((size, axis) => size <= x.shape[axis]!)) return undefined;
    return d.ops.transpose(windowOf(d, x, turned), perm);
  }
  const flat = d.ops.reshape(x, [sizeOf(x.shape)]);
  return d.ops.reshape(windowOf(d, flat, [sizeOf(shape)]), shape);
}

const viewOf = (d: Draw, x: Value, shape: Shape): Value =>
  (d.chance(0.25) ? turnedOf(d, x, shape) : undefined) ?? windowOf(d, x, shape);

/** Joins one more view, or what a row of it comes to, to what there is. */
function join(d: Draw, y: Value, view: Value, x: Value): Value {
  const { ops } = d;
  if (y.dtype === "bool") return d.emit(d.pick<PrimName>(["and", "or", "eq"]), d.shuffled([y, view]) as never, {});
  switch (d.pick(["plain", "plain", "plain", "plain", "where", "row"])) {
    case "where": {
      const condition = d.emit(d.pick<PrimName>(["lt", "le", "eq"]), [viewOf(d, x, y.shape), view] as never, {});
      return ops.where(condition, view, y);
    }
    case "row": {
      const axes = y.shape.length > 1 && d.chance(0.3) ? [0] : [y.shape.length - 1];
      const row = d.emit(d.pick<PrimName>(["max", "min"]), [view] as never, { axes, keepDims: true });
      return d.emit(d.pick<PrimName>(arithmetic), d.shuffled([y, row]) as never, {});
    }
    default:
      return d.emit(d.pick<PrimName>(arithmetic), d.shuffled([y, view]) as never, {});
  }
}

/** Many views of one tensor in one expression, and perhaps what it was halfway. */
export function views(d: Draw): readonly Value[] {
  const x = seenOf(d);
  const shape = x.shape.map((size) => (d.chance(0.2) ? size : Math.max(1, size - 1 - d.below(Math.ceil(size / 2)))));
  const count = d.pick(COUNTS);
  const grown: Value[] = [];
  let y = viewOf(d, x, shape);
  for (let i = 1; i < count; i++) {
    y = join(d, y, viewOf(d, x, shape), x);
    if (d.chance(0.03)) grown.push(y);
  }
  return [...grown, y];
}

/**
 * Numbers a row that are kept and used for their whole rows, once and once more. Each takes a slot as a number a row, and
 * another one where it is spread, so that fewer operations than a block takes may need more slots than there are.
 */
export function rowNumbers(d: Draw): readonly Value[] {
  const { ops } = d;
  const x = d.input(
    "f32",
    d.pick<Shape>([
      [6, 9],
      [3, 40],
      [2, 5, 7],
    ]),
  );
  let last = d.emit(d.pick<PrimName>(["max", "min"]), [x] as never, { axes: [x.shape.length - 1], keepDims: true });
  const choices: { readonly of: Value; readonly yes: Value; readonly no: Value }[] = [];
  const rows: Value[] = [];
  const count = d.pick([2, 3, 8, 8, 14]);
  for (let i = 0; i < count; i++) {
    const [yes, no] = [last, d.emit(d.pick<PrimName>(["tanh", "neg", "abs"]), [last] as never, {})];
    const of = d.emit(d.pick<PrimName>(["lt", "le"]), [yes, no] as never, {});
    last = d.emit(d.pick<PrimName>(["tanh", "neg", "sign"]), [no] as never, {});
    choices.push({ of, yes, no });
    rows.push(of, yes, no);
  }
  const spread = (row: Value): Value => ops.broadcast(row, x.shape);
  const chosen = choices.map(({ of, yes, no }) => ops.where(spread(of), spread(yes), spread(no)));
  const others = choices.map(({ of, yes, no }) => ops.where(spread(of), spread(no), spread(yes)));
  if (d.chance(0.6)) return [...rows, ...chosen, ...others];
  return [[...chosen, ...others].reduce((a, b) => ops.maximum(a, b))];
}
