import type { DType, TypedArray } from "../../core/dtype.ts";
import { assert } from "../../core/errors.ts";
import { cutInto } from "./fuse.ts";
import { MAX_DIMS } from "./many-dims.ts";
import { mergeOperations } from "./merge.ts";
import type { Memory } from "./node.ts";
import { foldNumber, type Operation, operations, operationsOf, rowOperation } from "./operation.ts";
import { type Block, realSizes, realStrides, stridesOver } from "./unit.ts";
import { collapse, type View } from "./view.ts";

/** @file A block as the words that `kernels/block.c` reads; the layout is that of `kernels/block.h`. */

const MAX_SLOTS = 64;
/** Elements of a slot where rows do not need more: all slots of most blocks together fit into the first cache. */
const TILE = 1024;
/** Fewer elementary operations than this are not worth waking other threads for. */
export const SOLO_WORK = 24_576;

const KIND: { readonly [D in DType]: number } = { f32: 0, i32: 1, u8: 2, bool: 3, f64: -1 };
const [COUNTING, PRODUCT] = [4, 5];
const EXTENT = { full: 0, row: 1, uniform: 2 } as const;
type SlotExtent = keyof typeof EXTENT;

export const dtypeNumber = (dtype: DType): number => KIND[dtype];

interface BlockInput {
  readonly kind: number;
  readonly memory: number;
  readonly slot: number;
  readonly extent: SlotExtent;
  readonly offset: number;
  readonly strides: readonly number[];
}

export interface BlockOp {
  readonly op: Operation;
  readonly extent: "full" | "row";
  readonly to: number;
  readonly from: readonly number[];
}

interface BlockOutput {
  readonly memory: number;
  readonly slot: number;
  readonly extent: "full" | "row";
  readonly fold: number;
  readonly strides: readonly number[];
}

/** A block with its operations on numbered slots, for printing and encoding. */
export interface BlockPlan {
  readonly sizes: readonly number[];
  readonly rowDims: number;
  readonly split: number;
  readonly tile: number;
  readonly slots: number;
  readonly inputs: readonly BlockInput[];
  readonly constants: readonly { readonly slot: number; readonly bits: number }[];
  readonly ops: readonly BlockOp[];
  readonly outputs: readonly BlockOutput[];
  /** Elementary operations in all. */
  readonly work: number;
}

/** The bits that a lane holds for a number; booleans are lanes of ones or zeros. */
function laneBits(dtype: DType, value: number): number {
  if (dtype === "f32") return new Int32Array(Float32Array.of(value).buffer)[0]!;
  return dtype === "bool" ? -value : value;
}

const scalarOf = (memory: Memory): number | undefined => {
  const { source } = memory;
  return source.kind === "constant" && source.data.length === 1 ? Number((source.data as TypedArray)[0]) : undefined;
};

/** Writes a block's nodes down as operations on slots. Slots are virtual here: each result has its own. */
class Writer {
  readonly inputs: (Omit<BlockInput, "strides"> & { strides: number[] })[] = [];
  readonly constants: { slot: number; bits: number }[] = [];
  readonly ops: BlockOp[] = [];
  readonly outputs: (Omit<BlockOutput, "strides"> & { strides: number[] })[] = [];
  slots = 0;
  readonly #block: Block;
  readonly #memory: readonly Memory[];
  readonly #isNeeded: (memory: number) => boolean;
  /** Slots of what the block made or read, by what it is. */
  readonly #known = new Map<string, number>();

  constructor(block: Block, memory: readonly Memory[], isNeeded: (memory: number) => boolean) {
    this.#block = block;
    this.#memory = memory;
    this.#isNeeded = isNeeded;
  }

  write(): void {
    const { product, nodes } = this.#block;
    if (product !== undefined) {
      const slot = this.#newSlot(`full ${product.output}`);
      this.inputs.push({ kind: PRODUCT, memory: -1, slot, extent: "full", offset: 0, strides: this.#none() });
      if (this.#isNeeded(product.output)) this.#store(product.output, this.#emit("COPY", "full", [slot]), "full");
    }
    for (const node of nodes) {
      const sizes = realSizes(node.shape);
      const isRow = this.#block.rowDims !== undefined && sizes.length < this.#block.sizes.length;
      const extent = isRow ? "row" : "full";
      const slots = node.inputs.map((view) => this.#operand(view, extent));
      if (node.kind === "guard") {
        this.#emit("FINITE", extent, slots);
      } else if (node.kind === "map") {
        this.#made(node.output, extent, this.#map(node, extent, slots));
      } else if (this.#block.extents.get(node.output) === "row") {
        const op = rowOperation(node.prim, this.#memory[node.output]!.dtype);
        this.#made(node.output, "row", this.#emit(op, "row", slots));
      } else {
        this.#fold(node, extent, slots[0]!);
      }
    }
  }

  #none(): number[] {
    return new Array(this.#block.sizes.length).fill(0);
  }

  #newSlot(name?: string): number {
    const slot = this.slots++;
    if (name !== undefined) this.#known.set(name, slot);
    return slot;
  }

  #emit(op: Operation, extent: "full" | "row", from: readonly number[]): number {
    const to = op === "FINITE" ? from[0]! : this.#newSlot();
    this.ops.push({ op, extent, to, from });
    return to;
  }

  #map(
    node: Extract<Block["nodes"][number], { kind: "map" }>,
    extent: "full" | "row",
    slots: readonly number[],
  ): number {
    const { prim, output, inputs } = node;
    if (prim === "copy") return this.#emit("COPY", extent, slots);
    // The condition of `where` says nothing about what is chosen from.
    const operand = inputs[prim === "where" ? 1 : 0]!;
    const dtype = operand.root === "counting" ? "i32" : this.#memory[operand.root]!.dtype;
    let result: readonly number[] = slots;
    for (const op of operationsOf(prim, dtype, this.#memory[output]!.dtype)) result = [this.#emit(op, extent, result)];
    return result[0]!;
  }

  #made(memory: number, extent: "full" | "row", slot: number): void {
    this.#known.set(`${extent} ${memory}`, slot);
    if (this.#isNeeded(memory)) this.#store(memory, slot, extent);
  }

  #store(memory: number, slot: number, extent: "full" | "row"): void {
    this.outputs.push({ memory, slot, extent, fold: 0, strides: stridesOver(this.#block, extent) });
  }

  #fold(node: Extract<Block["nodes"][number], { kind: "reduce" }>, extent: "full" | "row", slot: number): void {
    const strides = this.#none();
    let stride = 1;
    let d = realSizes(node.shape).length - 1;
    for (let axis = node.shape.length - 1; axis >= 0; axis--) {
      if (node.shape[axis] === 1) continue;
      if (!node.axes.includes(axis)) {
        strides[d] = stride;
        stride *= node.shape[axis]!;
      }
      d--;
    }
    this.outputs.push({ memory: node.output, slot, extent, fold: foldNumber[node.prim], strides });
  }

  /** The slot that holds an operand, element for element of the wanted extent. */
  #operand(view: View, extent: "full" | "row"): number {
    const { root } = view;
    if (root !== "counting") {
      const known = this.#block.extents.get(root);
      if (known === "row" && extent === "full") return this.#expanded(root);
      if (known === "full" || known === "row") return this.#known.get(`${known} ${root}`)!;
      const scalar = scalarOf(this.#memory[root]!);
      if (scalar !== undefined) return this.#constant(laneBits(this.#memory[root]!.dtype, scalar));
    }
    const strides = this.#none();
    realStrides(view).forEach((stride, d) => {
      strides[d] = stride;
    });
    const isUniform = strides.every((stride) => stride === 0);
    const place: SlotExtent = isUniform ? "uniform" : extent;
    const name = `${place} ${root} at ${view.offset} by ${strides}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const slot = this.#newSlot(name);
    const kind = root === "counting" ? COUNTING : KIND[this.#memory[root]!.dtype];
    assert(kind >= 0, "f64 runs on the reference backend alone");
    this.inputs.push({
      kind,
      memory: root === "counting" ? -1 : root,
      slot,
      extent: place,
      offset: view.offset,
      strides,
    });
    return slot;
  }

  #expanded(root: number): number {
    const name = `expanded ${root}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const slot = this.#emit("EXPAND", "full", [this.#known.get(`row ${root}`)!]);
    this.#known.set(name, slot);
    return slot;
  }

  #constant(bits: number): number {
    const known = this.constants.find((constant) => constant.bits === bits);
    if (known !== undefined) return known.slot;
    const slot = this.#newSlot();
    this.constants.push({ slot, bits });
    return slot;
  }
}

/** Gives results that are never needed at the same time one slot. What is read from memory, constant or stored keeps its own. */
function shareSlots({
  inputs,
  constants,
  ops,
  outputs,
  slots,
}: Pick<Writer, "inputs" | "constants" | "outputs" | "slots"> & { readonly ops: readonly BlockOp[] }): {
  readonly slotOf: readonly number[];
  readonly count: number;
} {
  const lastUse = new Map<number, number>();
  ops.forEach(({ from }, i) => {
    for (const slot of from) lastUse.set(slot, i);
  });
  const fixed = new Set([...inputs, ...constants, ...outputs].map(({ slot }) => slot));
  const slotOf: number[] = new Array(slots).fill(-1);
  let count = 0;
  for (const slot of fixed) slotOf[slot] = count++;
  const free: number[] = [];
  ops.forEach(({ to, from, op }, i) => {
    if (op === "FINITE") return;
    // The result takes its place before its operands give theirs up: reductions and expansions may not work in place.
    if (slotOf[to] === -1) slotOf[to] = free.pop() ?? count++;
    for (const slot of new Set([...from, to])) {
      if (!fixed.has(slot) && (lastUse.get(slot) ?? i) <= i) free.push(slotOf[slot]!);
    }
  });
  return { slotOf, count };
}

/** The dimension along which threads divide the work: an outer one that is long enough, else the longest. */
function splitOf(sizes: readonly number[], allowed: readonly number[]): number {
  const longEnough = allowed.find((d) => sizes[d]! >= 16);
  if (longEnough !== undefined) return longEnough;
  return allowed.reduce((best, d) => (best < 0 || sizes[d]! > sizes[best]! ? d : best), -1);
}

/** @param isNeeded which of the block's results are read after it */
export function planBlock(block: Block, memory: readonly Memory[], isNeeded: (memory: number) => boolean): BlockPlan {
  const writer = new Writer(block, memory, isNeeded);
  writer.write();
  const ops = mergeOperations(writer.ops, writer.outputs);
  const { slotOf, count } = shareSlots({ ...writer, ops });
  assert(count <= MAX_SLOTS, `a block needs ${count} slots`);
  const { sizes, strides, rowDims } = collapseBlock(
    block,
    [...writer.inputs, ...writer.outputs].map((x) => x.strides),
  );
  assert(sizes.length <= MAX_DIMS, `a block has ${sizes.length} dimensions`);
  const volume = sizes.reduce((product, size) => product * size, 1);
  const row = block.rowDims === undefined ? 1 : sizes.slice(rowDims).reduce((product, size) => product * size, 1);
  const work = volume * (ops.length + 1);
  const folded = writer.outputs.map(({ fold }, i) => ({ fold, strides: strides[writer.inputs.length + i]! }));
  const allowed = sizes.flatMap((_, d) => {
    const isOfRow = block.rowDims !== undefined && d >= rowDims;
    return isOfRow || folded.some((out) => out.fold !== 0 && out.strides[d] === 0) ? [] : [d];
  });
  const target = Math.min(Math.max(row, TILE), Math.max(volume, 16));
  return {
    sizes,
    rowDims: block.rowDims === undefined ? sizes.length : rowDims,
    split: work < SOLO_WORK ? -1 : splitOf(sizes, allowed),
    tile: Math.ceil(target / 16) * 16,
    slots: count,
    inputs: writer.inputs.map((input, i) => ({ ...input, slot: slotOf[input.slot]!, strides: strides[i]! })),
    constants: writer.constants.map(({ slot, bits }) => ({ slot: slotOf[slot]!, bits })),
    ops: ops.map((op) => ({ ...op, to: slotOf[op.to]!, from: op.from.map((slot) => slotOf[slot]!) })),
    outputs: writer.outputs.map((output, i) => ({
      ...output,
      slot: slotOf[output.slot]!,
      strides: strides[writer.inputs.length + i]!,
    })),
    work,
  };
}

interface CollapsedBlock {
  readonly sizes: readonly number[];
  readonly strides: readonly (readonly number[])[];
  readonly rowDims: number;
}

/** The index space in few dimensions. That of a product keeps its three: which product, which row, which column. */
function collapseBlock({ sizes, rowDims, product }: Block, views: readonly (readonly number[])[]): CollapsedBlock {
  if (product !== undefined) {
    const wanted = [product.batch, product.m, product.n];
    const counts = cutInto(sizes, wanted)!;
    const cuts = [counts[0]!, counts[0]! + counts[1]!];
    const { sizes: found, strides, boundaries } = collapse(sizes, views, cuts);
    const three = withSingles(found, strides, boundaries, wanted);
    return { ...three, rowDims: three.sizes.length };
  }
  const { sizes: found, strides, boundaries } = collapse(sizes, views, [rowDims ?? sizes.length]);
  // A run of one element stands for an index space of one, and for rows of nothing but themselves.
  if (found.length === 0) return { sizes: [1], strides: views.map(() => [0]), rowDims: 0 };
  return { sizes: found, strides, rowDims: boundaries[0]! };
}

/** Puts dimensions of size 1 where the product has none. */
function withSingles(
  found: readonly number[],
  strides: readonly (readonly number[])[],
  [rowsFrom, columnsFrom]: readonly number[],
  wanted: readonly number[],
): Pick<CollapsedBlock, "sizes" | "strides"> {
  const cut = <T>(list: readonly T[]): (readonly T[])[] => [
    list.slice(0, rowsFrom),
    list.slice(rowsFrom, columnsFrom),
    list.slice(columnsFrom),
  ];
  const parts = cut(found);
  const sizes = parts.flatMap((part, i) => (wanted[i] === 1 && part.length === 0 ? [1] : part));
  const padded = strides.map((list) =>
    cut(list).flatMap((part, i) => (wanted[i] === 1 && part.length === 0 ? [0] : part)),
  );
  return { sizes, strides: padded };
}

const pad = (list: readonly number[], value: number): number[] => [
  ...list,
  ...new Array<number>(MAX_DIMS - list.length).fill(value),
];

/** Kernels know a piece of memory by its place in the list. */
export function encodeBlock(plan: BlockPlan, memory: readonly Memory[]): number[] {
  const { sizes, rowDims, split, tile, inputs, constants, ops, outputs, slots } = plan;
  return [
    ...[sizes.length, rowDims, split, tile, inputs.length, constants.length, ops.length, outputs.length, slots],
    ...pad(sizes, 1),
    ...inputs.flatMap(({ kind, memory: at, slot, extent, offset, strides }) => [
      ...[kind, at, slot, EXTENT[extent], offset],
      ...pad(strides, 0),
    ]),
    ...constants.flatMap(({ slot, bits }) => [slot, bits]),
    ...ops.flatMap(({ op, extent, to, from }) => [
      ...[operations.indexOf(op), EXTENT[extent], to],
      ...[0, 1, 2, 3].map((i) => from[i] ?? from[0]!),
    ]),
    ...outputs.flatMap(({ memory: at, slot, extent, fold, strides }) => [
      ...[KIND[memory[at]!.dtype], at, slot, EXTENT[extent], fold],
      ...pad(strides, 0),
    ]),
  ];
}

/** Bytes that each thread needs for the slots. */
export const blockScratch = ({ slots, tile }: BlockPlan): number => slots * (tile + 16) * 4;
