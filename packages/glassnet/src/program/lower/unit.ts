import { assert } from "../../core/errors.ts";
import type { KernelNode, Node, PointNode, ProductNode } from "./node.ts";
import type { View } from "./view.ts";

/** What one value of a block is over the block's index space: a number for each index, or for each row of it, or what all
 * were folded into, which is there only when the block has ended. */
export type Extent = "full" | "row" | "folded";

/** Elementwise work, reductions and perhaps a matrix product before them, done in one pass. */
export interface Block {
  readonly kind: "block";
  /** Sizes of the index space, without those of 1. */
  readonly sizes: readonly number[];
  /** The leading dimensions that a row has for itself; undefined if rows are not reduced. */
  rowDims: number | undefined;
  readonly nodes: PointNode[];
  /** Of what the block makes itself. */
  readonly extents: Map<number, Extent>;
  /** What it reads and does not make itself. */
  readonly reads: Set<number>;
  /** The views of that, each of which takes a slot. */
  readonly views: Set<string>;
  /** Dimensions that no fold runs along, so that threads may divide them. */
  splits: readonly number[];
  product: ProductNode | undefined;
}

/** What becomes one instruction. */
export type Unit =
  | Block
  | { readonly kind: "product"; readonly node: ProductNode }
  | { readonly kind: "kernel"; readonly node: KernelNode };

export const rootsOf = (node: Node): readonly number[] => {
  if (node.kind === "product") return [node.a.root, node.b.root];
  if (node.kind === "kernel") return node.inputs;
  return node.inputs.flatMap(({ root }) => (root === "counting" ? [] : [root]));
};

export const nodesOfUnit = (unit: Unit): readonly Node[] => {
  if (unit.kind !== "block") return [unit.node];
  return unit.product === undefined ? unit.nodes : [unit.product, ...unit.nodes];
};

/** Memory that a unit reads and does not make itself. */
export const readsOf = (unit: Unit): ReadonlySet<number> =>
  unit.kind === "block" ? unit.reads : new Set(rootsOf(unit.node));

/** Adds what a node reads to what its block reads. */
export function noteReads({ reads, views, extents }: Block, node: Node): void {
  for (const root of rootsOf(node)) if (!extents.has(root)) reads.add(root);
  if (node.kind === "product" || node.kind === "kernel") return;
  for (const view of node.inputs) {
    const isOutside = view.root === "counting" || !extents.has(view.root);
    if (isOutside) views.add(`${view.root} at ${view.offset} by ${realStrides(view)}`);
  }
}

/** Strides of a view over the axes of its shape that are not of size 1. */
export const realStrides = ({ shape, strides }: View): number[] => strides.filter((_, i) => shape[i] !== 1);

export const realSizes = (shape: readonly number[]): number[] => shape.filter((size) => size !== 1);

/** Strides of a value of that extent, as it lies in memory, over the block's index space. */
export function stridesOver({ sizes, rowDims }: Block, extent: "full" | "row"): number[] {
  const covered = extent === "full" ? sizes.length : rowDims!;
  const strides: number[] = new Array(sizes.length).fill(0);
  let stride = 1;
  for (let d = covered - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= sizes[d]!;
  }
  return strides;
}

/** Units in an order in which each has what it reads. */
export function schedule(units: readonly Unit[]): Unit[] {
  const maker = new Map<number, Unit>();
  for (const unit of units) {
    for (const { output } of nodesOfUnit(unit)) if (output !== undefined) maker.set(output, unit);
  }
  const done = new Set<Unit>();
  const entered = new Set<Unit>();
  const order: Unit[] = [];
  for (const first of units) {
    const stack = [first];
    while (stack.length > 0) {
      const unit = stack[stack.length - 1]!;
      if (done.has(unit)) {
        stack.pop();
        continue;
      }
      const waiting = [...readsOf(unit)].flatMap((root) => {
        const needed = maker.get(root);
        return needed === undefined || done.has(needed) ? [] : [needed];
      });
      if (waiting.length === 0) {
        stack.pop();
        done.add(unit);
        order.push(unit);
      } else {
        assert(!entered.has(unit), "two units of a program need each other");
        entered.add(unit);
        stack.push(...waiting.toReversed());
      }
    }
  }
  return order;
}
