import type { DType } from "../../core/dtype.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { Node } from "./node.ts";
import { collapse, isWhole, type View, wholeView } from "./view.ts";

/** @file Index spaces of more dimensions than the kernels' blocks have. */

/** Dimensions that a block may have at most, as in `kernels/block.h`. */
export const MAX_DIMS = 6;

/** Where nodes and memory go that are made on the way. */
export interface Emit {
  readonly addMemory: (dtype: DType, shape: Shape) => number;
  readonly add: (node: Node) => void;
  readonly dtypeOf: (view: View) => DType;
  /** Elements of the memory that a view looks at. */
  readonly sizeOfRoot: (root: number) => number;
  readonly scope: string;
}

/** An index space, and views over it. */
export interface IndexSpace {
  readonly shape: Shape;
  readonly views: readonly View[];
}

const dimsOf = (shape: Shape): number => shape.filter((size) => size !== 1).length;

/**
 * The same elements in the same order in at most `MAX_DIMS` dimensions: neighbours are merged, and if that does not do,
 * the views are brought into memory of their own, in order.
 */
export function withFewDims(space: IndexSpace, emit: Emit): IndexSpace {
  const { shape, views } = space;
  if (dimsOf(shape) <= MAX_DIMS) return space;
  const size = sizeOf(shape);
  if (size === 0) return { shape: [0], views: views.map((view) => ({ ...view, shape: [0], strides: [0] })) };
  const { sizes, strides } = collapse(
    shape,
    views.map((view) => view.strides),
  );
  if (sizes.length <= MAX_DIMS) {
    return { shape: sizes, views: views.map((view, i) => ({ ...view, shape: sizes, strides: strides[i]! })) };
  }
  return { shape: [size], views: views.map((view) => wholeView(wholeRoot(view, emit), [size])) };
}

/** Memory that begins with the elements of a view, in order. */
function wholeRoot(view: View, emit: Emit): number {
  return typeof view.root === "number" && isWhole(view) ? view.root : gathered(view, emit);
}

const CHUNK = MAX_DIMS - 1;

/**
 * Picks the elements of a view by their numbers. These are built up from the outside in: each axis, or some of them
 * together, adds its index times its stride.
 */
function gathered(view: View, emit: Emit): number {
  const { addMemory, add, scope } = emit;
  let numbers: number | undefined;
  let outer = 1;
  for (let axis = 0; axis < view.shape.length; axis += CHUNK) {
    const inner = view.shape.slice(axis, axis + CHUNK);
    const shape = [outer, ...inner];
    const isFirst = numbers === undefined;
    const steps = view.strides.slice(axis, axis + CHUNK).map((stride, i) => (inner[i] === 1 ? 0 : stride));
    const count: View = { root: "counting", shape, offset: isFirst ? view.offset : 0, strides: [0, ...steps] };
    const output = addMemory("i32", [sizeOf(shape)]);
    const before: View[] = isFirst
      ? []
      : [{ root: numbers!, shape, offset: 0, strides: [outer === 1 ? 0 : 1, ...inner.map(() => 0)] }];
    add({ kind: "map", prim: isFirst ? "copy" : "add", shape, inputs: [...before, count], output, scope });
    numbers = output;
    outer *= sizeOf(inner);
  }
  const { root } = view;
  if (root === "counting") return numbers!;
  const dtype = emit.dtypeOf(view);
  const flat = addMemory(dtype, [emit.sizeOfRoot(root)]); // says in which shape the kernel sees the memory; nothing lies there
  const output = addMemory(dtype, [outer]);
  const instruction = { prim: "gather", inputs: [flat, numbers!], output, attrs: { axis: 0 }, scope } as const;
  add({ kind: "kernel", instruction, inputs: [root, numbers!], output, scope });
  return output;
}

/** A run of neighbouring axes of one kind, as one. */
interface Group {
  readonly isReduced: boolean;
  size: number;
}

/** Axes of a shape as runs of such that are reduced and such that are kept. */
function groupsOf(shape: Shape, axes: readonly number[]): Group[] {
  const groups: Group[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const isReduced = axes.includes(axis);
    const last = groups.at(-1);
    if (last?.isReduced === isReduced) last.size *= size;
    else groups.push({ isReduced, size });
  });
  return groups;
}

/** One reduction over few dimensions. */
export interface FewDimsReduction {
  readonly input: View;
  readonly axes: readonly number[];
  readonly output: number;
}

/**
 * A reduction of a view as several in turn, each over few dimensions: of all the axes together where blocks have room for
 * them, otherwise of one run of neighbours after the other.
 *
 * @param output what the last one writes
 * @param addPartial makes memory for what one leaves to the next
 */
export function reductionsOf(
  view: View,
  axes: readonly number[],
  output: number,
  addPartial: (shape: Shape) => number,
  emit: Emit,
): readonly FewDimsReduction[] {
  if (dimsOf(view.shape) <= MAX_DIMS) return [{ input: view, axes, output }];
  let groups = groupsOf(view.shape, axes);
  let root = wholeRoot(view, emit);
  const reductions: FewDimsReduction[] = [];
  while (groups.length > MAX_DIMS) {
    const at = groups.findLastIndex(({ isReduced }) => isReduced);
    const shape = [groups.slice(0, at), groups.slice(at, at + 1), groups.slice(at + 1)].map((part) =>
      part.reduce((size, group) => size * group.size, 1),
    );
    const partial = addPartial([shape[0]! * shape[2]!]);
    reductions.push({ input: wholeView(root, shape), axes: [1], output: partial });
    root = partial;
    const kept = groups.filter((_, i) => i !== at);
    groups = [];
    for (const { isReduced, size } of kept) {
      const last = groups.at(-1);
      if (last?.isReduced === isReduced) last.size *= size;
      else groups.push({ isReduced, size });
    }
  }
  const shape = groups.map(({ size }) => size);
  const last = groups.flatMap(({ isReduced }, i) => (isReduced ? [i] : []));
  reductions.push({ input: wholeView(root, shape), axes: last, output });
  return reductions;
}
