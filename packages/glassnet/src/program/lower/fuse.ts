import { sizeOf } from "../../core/shape.ts";
import type { Memory, Node, PointNode, ProductNode, ReduceNode } from "./node.ts";
import {
  type Block,
  nodesOfUnit,
  noteReads,
  readsOf,
  realSizes,
  realStrides,
  rootsOf,
  stridesOver,
  type Unit,
} from "./unit.ts";
import { collapse } from "./view.ts";

/** Longest row, in elements, whose reduction other work of the same block may use: a row must fit into the first cache. */
const MAX_ROW = 4096;
/** Slots are numbered up to 64: operands and results together stay well below. */
const MAX_PARTS = 44;
/** The same with what is spread over rows, which takes slots of its own. */
const MAX_SPREAD_PARTS = 58;
/** Up to so many elements one thread alone is as fast as several. */
const SMALL = 16_384;

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** How many elements the block's index space has. */
const volume = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

/** Numbers a row that the block makes: each takes another slot where it is used for the whole row. */
const rowsIn = ({ rowDims, extents }: Block): number =>
  rowDims === undefined ? 0 : [...extents.values()].filter((extent) => extent === "row").length;

class Fusion {
  readonly #memory: readonly Memory[];
  readonly #units: (Unit | undefined)[] = [];
  readonly #numbers = new Map<Unit, number>();
  /** Which unit makes a piece of memory. */
  readonly #maker = new Map<number, Unit>();
  readonly #readers = new Map<number, Set<Unit>>();
  /** A unit's level is above those of all units that it reads from. So only what is above a unit can need it. */
  readonly #levels = new Map<Unit, number>();

  constructor(memory: readonly Memory[]) {
    this.#memory = memory;
  }

  get units(): Unit[] {
    return this.#units.filter((unit) => unit !== undefined);
  }

  #addUnit(unit: Unit): void {
    this.#numbers.set(unit, this.#units.push(unit) - 1);
    for (const { output } of nodesOfUnit(unit)) if (output !== undefined) this.#maker.set(output, unit);
    this.#levels.set(unit, -1); // to be lifted at least once
    this.#noteReads(unit, readsOf(unit));
  }

  #removeUnit(unit: Unit): void {
    this.#units[this.#numbers.get(unit)!] = undefined;
    this.#numbers.delete(unit);
    this.#levels.delete(unit);
    for (const root of readsOf(unit)) this.#readers.get(root)?.delete(unit);
  }

  #noteReads(unit: Unit, roots: Iterable<number>): void {
    for (const root of roots) {
      const readers = this.#readers.get(root);
      if (readers === undefined) this.#readers.set(root, new Set([unit]));
      else readers.add(unit);
    }
    this.#lift(unit);
  }

  /** Puts a unit above what it reads from, and those that read from it above it. */
  #lift(first: Unit): void {
    const stack = [first];
    for (let unit = stack.pop(); unit !== undefined; unit = stack.pop()) {
      let level = Math.max(0, this.#levels.get(unit)!);
      for (const root of readsOf(unit)) {
        const maker = this.#maker.get(root);
        if (maker !== undefined) level = Math.max(level, this.#levels.get(maker)! + 1);
      }
      if (level === this.#levels.get(unit)) continue;
      this.#levels.set(unit, level);
      for (const { output } of nodesOfUnit(unit)) {
        if (output !== undefined) stack.push(...(this.#readers.get(output) ?? []));
      }
    }
  }

  add(node: Node): void {
    if (node.kind === "product") this.#addUnit({ kind: "product", node });
    else if (node.kind === "kernel") this.#addUnit({ kind: "kernel", node });
    else this.#addPoints(node);
  }

  #addPoints(node: PointNode): void {
    const makers = new Set(rootsOf(node).map((root) => this.#maker.get(root)));
    const blocks = [...makers].filter((unit) => unit?.kind === "block");
    let home = blocks.find((block) => this.#tryJoin(block, node));
    if (home === undefined) {
      home = blockOf(node);
      this.#addUnit(home);
    }
    for (const other of blocks)
      if (other !== home && this.#mayMerge(home, other, node)) home = this.#merge(home, other);
  }

  /** Whether `from` needs, at any distance, what `target` makes. */
  #reaches(from: Unit | undefined, target: Unit): boolean {
    if (from === undefined) return false;
    const floor = this.#levels.get(target)!;
    const stack = [from];
    const seen = new Set<Unit>(stack);
    for (let unit = stack.pop(); unit !== undefined; unit = stack.pop()) {
      if (unit === target) return true;
      if (this.#levels.get(unit)! <= floor) continue;
      for (const root of readsOf(unit)) {
        const next = this.#maker.get(root);
        if (next === undefined || seen.has(next)) continue;
        seen.add(next);
        stack.push(next);
      }
    }
    return false;
  }

  #tryJoin(block: Block, node: PointNode): boolean {
    const parts = block.nodes.length + block.views.size + 2 + node.inputs.length;
    if (parts > MAX_PARTS || parts + rowsIn(block) > MAX_SPREAD_PARTS) return false;
    const joining = fit(block, node);
    if (joining === undefined) return false;
    const outside = rootsOf(node).filter((root) => !block.extents.has(root));
    if (outside.some((root) => this.#reaches(this.#maker.get(root), block))) return false;
    noteReads(block, node);
    block.nodes.push(node);
    joining();
    if (node.output !== undefined) this.#maker.set(node.output, block);
    this.#noteReads(block, outside);
    return true;
  }

  /** Whether two blocks that `node` of the first reads from may become one. */
  #mayMerge(home: Block, other: Block, node: PointNode): boolean {
    const parts = home.nodes.length + other.nodes.length + home.views.size + other.views.size;
    if (parts > MAX_PARTS || !equal(home.sizes, other.sizes)) return false;
    if (parts + rowsIn(home) + rowsIn(other) > MAX_SPREAD_PARTS) return false;
    if (home.rowDims !== undefined && other.rowDims !== undefined && home.rowDims !== other.rowDims) return false;
    const splits = home.splits.filter((d) => other.splits.includes(d));
    if (splits.length === 0 && home.splits.length + other.splits.length > 0 && volume(home.sizes) > SMALL) return false;
    // What the first reads of the second must be there, element for element; apart from that they may not meet.
    for (const reader of home.nodes) {
      for (const view of reader.inputs) {
        if (typeof view.root !== "number" || this.#maker.get(view.root) !== other) continue;
        const extent = other.extents.get(view.root);
        const dims = realStrides(view).length;
        if (extent === undefined || extent === "folded" || view.offset !== 0) return false;
        if (extent === "full" && dims < home.sizes.length) return false;
        if (!equal(realStrides(view), stridesOver(other, extent).slice(0, dims))) return false;
      }
    }
    if (this.#reaches(other, home)) return false;
    const direct = readsOf(home);
    for (const root of direct) {
      const maker = this.#maker.get(root);
      if (maker !== other && this.#reaches(maker, other)) return false;
    }
    return node.inputs.length > 0;
  }

  #merge(home: Block, other: Block): Block {
    const merged: Block = {
      kind: "block",
      sizes: home.sizes,
      rowDims: home.rowDims ?? other.rowDims,
      nodes: [...other.nodes, ...home.nodes],
      extents: new Map([...other.extents, ...home.extents]),
      reads: new Set(),
      views: new Set(),
      splits: home.splits.filter((d) => other.splits.includes(d)),
      product: undefined,
    };
    for (const node of merged.nodes) noteReads(merged, node);
    this.#removeUnit(home);
    this.#removeUnit(other);
    this.#addUnit(merged);
    return merged;
  }

  /** Gives each matrix product to a block that goes over its result, as the first thing that the block does. */
  absorbProducts(): void {
    for (const unit of this.units) {
      if (unit.kind !== "product") continue;
      const { output } = unit.node;
      const home = [...(this.#readers.get(output) ?? [])].find(
        (reader): reader is Block => reader.kind === "block" && this.#takesProduct(reader, unit, unit.node),
      );
      if (home === undefined) continue;
      this.#removeUnit(unit);
      home.product = unit.node;
      home.extents.set(output, "full");
      home.reads.delete(output);
      noteReads(home, unit.node);
      this.#readers.get(output)!.delete(home);
      this.#maker.set(output, home);
      this.#levels.set(home, -1);
      this.#noteReads(home, rootsOf(unit.node));
    }
  }

  #takesProduct(block: Block, unit: Unit, { batch, m, n, output }: ProductNode): boolean {
    if (block.product !== undefined || block.rowDims !== undefined) return false;
    if ([...block.extents.values()].includes("folded")) return false;
    if (volume(block.sizes) !== batch * m * n || sizeOf(this.#memory[output]!.shape) === 0) return false;
    const strides = stridesOver(block, "full");
    const views = block.nodes.flatMap(({ inputs }) => inputs).filter(({ root }) => root === output);
    if (!views.every((view) => view.offset === 0 && equal(realStrides(view), strides))) return false;
    if (!hasThreeDims(block, [batch, m, n], output)) return false;
    return [...readsOf(block)].every((root) => root === output || !this.#reaches(this.#maker.get(root), unit));
  }
}

/** For each of the wanted sizes, how many dimensions of `sizes` it takes up; undefined if they do not divide so. */
export function cutInto(sizes: readonly number[], wanted: readonly number[]): number[] | undefined {
  let d = 0;
  const counts = wanted.map((size) => {
    let count = 0;
    for (let product = 1; product < size && d < sizes.length; d++, count++) product *= sizes[d]!;
    return count;
  });
  let at = 0;
  const fits = counts.every((count, i) => {
    at += count;
    return volume(sizes.slice(at - count, at)) === wanted[i];
  });
  return fits && d === sizes.length ? counts : undefined;
}

/** Whether all that the block reads can be walked by product, row and column. */
function hasThreeDims({ sizes, nodes, extents }: Block, wanted: readonly number[], product: number): boolean {
  const counts = cutInto(sizes, wanted);
  if (counts === undefined) return false;
  const [batches, rows] = counts as [number, number, number];
  const outside = nodes
    .flatMap(({ inputs }) => inputs)
    .filter(({ root }) => root !== product && !extents.has(root as number));
  const { boundaries, sizes: found } = collapse(sizes, outside.map(realStrides), [batches, batches + rows]);
  const [rowsFrom, columnsFrom] = boundaries as [number, number];
  return rowsFrom <= 1 && columnsFrom - rowsFrom <= 1 && found.length - columnsFrom <= 1;
}

/** A block of one node. */
function blockOf(node: PointNode): Block {
  const sizes = realSizes(node.shape);
  const splits = sizes.map((_, d) => d);
  const block: Block = {
    kind: "block",
    ...{
      sizes,
      rowDims: undefined,
      nodes: [],
      extents: new Map(),
      reads: new Set(),
      views: new Set(),
      splits,
      product: undefined,
    },
  };
  noteReads(block, node);
  if (node.kind === "reduce") startReduction(block, node);
  else if (node.kind === "map") block.extents.set(node.output, "full");
  block.nodes.push(node);
  return block;
}

/** The axes of a reduction, as dimensions of its index space without those of size 1. */
function reducedDims({ shape, axes }: ReduceNode): number[] {
  let dim = 0;
  const dims: number[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    if (axes.includes(axis)) dims.push(dim);
    dim++;
  });
  return dims;
}

/** The dimension from which on all are reduced, and no other; undefined if it is not so, or rows are too long or empty. */
function rowsOf(sizes: readonly number[], dims: readonly number[]): number | undefined {
  const first = sizes.length - dims.length;
  const isSuffix = dims.length > 0 && dims.every((dim, i) => dim === first + i);
  const row = volume(sizes.slice(first));
  return isSuffix && row > 0 && row <= MAX_ROW && volume(sizes) > 0 ? first : undefined;
}

function startReduction(block: Block, node: ReduceNode): void {
  const dims = reducedDims(node);
  const rows = rowsOf(block.sizes, dims);
  // A row that is the whole index space is worth it only where it is short: one thread has to do it.
  if (rows !== undefined) {
    block.rowDims = rows;
    block.splits = block.splits.filter((d) => d < rows);
    block.extents.set(node.output, "row");
  } else {
    block.splits = block.splits.filter((d) => !dims.includes(d));
    block.extents.set(node.output, "folded");
  }
}

/** What changes in the block if the node joins it; undefined if it cannot. */
function fit(block: Block, node: PointNode): (() => void) | undefined {
  const sizes = realSizes(node.shape);
  const isRow = block.rowDims !== undefined && equal(sizes, block.sizes.slice(0, block.rowDims));
  const isFull = equal(sizes, block.sizes);
  if (!isFull && !isRow) return undefined;
  const extent = isFull ? "full" : "row";
  for (const view of node.inputs) {
    if (typeof view.root !== "number") continue;
    const known = block.extents.get(view.root);
    if (known === undefined) continue;
    if (known === "folded" || (known === "full" && extent === "row") || view.offset !== 0) return undefined;
    if (!equal(realStrides(view), stridesOver(block, known).slice(0, sizes.length))) return undefined;
  }
  switch (node.kind) {
    case "guard":
      return () => undefined;
    case "map":
      return () => void block.extents.set(node.output, extent);
    case "reduce":
      return fitReduction(block, node, extent);
  }
}

function fitReduction(block: Block, node: ReduceNode, extent: "full" | "row"): (() => void) | undefined {
  const dims = reducedDims(node);
  const rows = extent === "full" ? rowsOf(block.sizes, dims) : undefined;
  const isFree = block.rowDims === undefined || block.rowDims === rows;
  const splits =
    rows !== undefined && isFree ? block.splits.filter((d) => d < rows) : block.splits.filter((d) => !dims.includes(d));
  if (splits.length === 0 && block.sizes.length > 0 && volume(block.sizes) > SMALL) return undefined;
  if (rows !== undefined && isFree) {
    return () => {
      block.rowDims = rows;
      block.splits = splits;
      block.extents.set(node.output, "row");
    };
  }
  return () => {
    block.splits = splits;
    block.extents.set(node.output, "folded");
  };
}

/**
 * Gathers nodes into units: elementwise work and reductions over the same index space into blocks, so that what passes
 * between them never goes to memory, and matrix products with what goes over their results.
 */
export function fuse(nodes: readonly Node[], memory: readonly Memory[]): Unit[] {
  const fusion = new Fusion(memory);
  for (const node of nodes) fusion.add(node);
  fusion.absorbProducts();
  return fusion.units;
}
