import { BYTES_PER_ELEMENT } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Program } from "../program.ts";
import { aligned } from "./arena.ts";
import { type BlockPlan, blockScratch, dtypeNumber, encodeBlock, planBlock, SOLO_WORK } from "./block.ts";
import type { Encoder, Operand } from "./encode/encoder.ts";
import { encoders } from "./encode/encoders.ts";
import { fuse } from "./fuse.ts";
import { scratchInPlace, type Write, writesInPlace } from "./in-place.ts";
import { type KernelName, kernelNames } from "./kernel-names.ts";
import { type KernelNode, type Memory, nodesOf, type ProductNode } from "./node.ts";
import { placePieces } from "./place.ts";
import { nodesOfUnit, readsOf, schedule, type Unit } from "./unit.ts";

/** @file The form in which the C kernels run a program: fused, placed in memory, and written as numbers. */

/** One call of a kernel: all threads together, or the first alone. */
export interface LoweredInstruction {
  readonly kernel: KernelName;
  readonly args: readonly number[];
  /** Whether threads share it. */
  readonly isShared: boolean;
  readonly unit: Unit;
  readonly plan: BlockPlan | undefined;
}

/** Where a piece of memory is when the program runs. */
export type Place =
  | { readonly kind: "state"; readonly name: string }
  /** Memory that takes the next value of a state; the two change places after a step. */
  | { readonly kind: "next"; readonly name: string }
  /** Row k of a table, or of what is collected, at step k. */
  | { readonly kind: "row"; readonly name: string }
  | { readonly kind: "collected"; readonly name: string }
  | { readonly kind: "feed"; readonly name: string; readonly offset: number }
  | { readonly kind: "constant"; readonly offset: number }
  | { readonly kind: "scratch"; readonly offset: number };

export interface LoweredBuffer extends Omit<Memory, "source"> {
  readonly bytes: number;
  readonly place: Place;
}

export interface Lowered {
  readonly program: Program;
  readonly buffers: readonly LoweredBuffer[];
  readonly instructions: readonly LoweredInstruction[];
  /** Kernel, count, flags and arguments of each instruction, as `kernels/program.h` has it. */
  readonly code: Int32Array;
  /** Pairs of buffers: a state that is written, and where its next value goes, unless that is where the state lies. */
  readonly swaps: readonly { readonly state: number; readonly next: number }[];
  /** For each output of the program, the buffer that holds it after the last step. */
  readonly outputs: readonly { readonly name: string; readonly buffer: number }[];
  readonly collected: readonly { readonly name: string; readonly buffer: number }[];
  /** Bytes for constants, feeds and scratch, in one piece. */
  readonly arenaBytes: number;
  /** Bytes that each thread needs for itself. */
  readonly threadBytes: number;
  /** Elementary operations of one step, roughly. */
  readonly work: number;
}

const bytesOf = ({ dtype, shape }: { dtype: Memory["dtype"]; shape: readonly number[] }): number =>
  sizeOf(shape) * BYTES_PER_ELEMENT[dtype];

/** One kernel may touch up to this many bytes beyond what it reads. */
const MARGIN_BYTES = 64;
const MEET = 1;
const SOLO = 2;
/** A multiplication with an addition takes this part of what an elementwise operation takes: its operands are in registers. */
const PRODUCT_WORK = 1 / 4;
const GEMM_SCRATCH_BYTES = 2 ** 20;

const SUM = 1;
const ORDER_OF_FOLD = ["sum", "max", "min", "prod"] as const;

class Lowering {
  readonly #memory: readonly Memory[];
  readonly #readers: ReadonlyMap<number, ReadonlySet<Unit>>;
  readonly #held: ReadonlySet<number>;
  readonly instructions: LoweredInstruction[] = [];
  threadBytes = 0;
  work = 0;

  constructor(memory: readonly Memory[], units: readonly Unit[], held: ReadonlySet<number>) {
    this.#memory = memory;
    this.#held = held;
    const readers = new Map<number, Set<Unit>>();
    for (const unit of units) {
      for (const root of readsOf(unit)) readers.set(root, (readers.get(root) ?? new Set()).add(unit));
    }
    this.#readers = readers;
    for (const unit of units) this.#add(unit);
  }

  readonly #isNeeded = (memory: number): boolean => this.#held.has(memory) || this.#readers.has(memory);

  #push(
    kernel: KernelName,
    args: readonly number[],
    unit: Unit,
    work: number,
    scratch: number,
    plan?: BlockPlan,
  ): void {
    const isShared = work >= SOLO_WORK && (kernel !== "block" || plan?.split !== -1);
    this.instructions.push({ kernel, args, isShared, unit, plan });
    this.work += work;
    this.threadBytes = Math.max(this.threadBytes, aligned(scratch));
  }

  #add(unit: Unit): void {
    if (unit.kind === "kernel") this.#addKernel(unit, unit.node);
    else if (unit.kind === "product") this.#addProduct(unit, unit.node, undefined);
    else {
      const plan = planBlock(unit, this.#memory, this.#isNeeded);
      if (unit.product !== undefined) this.#addProduct(unit, unit.product, plan);
      else this.#addBlock(unit, plan);
    }
  }

  #addBlock(unit: Unit, plan: BlockPlan): void {
    for (const { fold, memory } of plan.outputs) if (fold !== 0) this.#addFill(unit, memory, fold);
    this.#push("block", encodeBlock(plan, this.#memory), unit, plan.work, blockScratch(plan), plan);
  }

  #addKernel(unit: Unit, { instruction, inputs, output }: KernelNode): void {
    // Sizes beside a 0 may be larger than kernels can count. Its operands are still made, so it stays, and fills nothing.
    if (sizeOf(this.#memory[output]!.shape) === 0) {
      this.#addFill(unit, output, SUM);
      return;
    }
    // The memory may have been shaped otherwise: what is read is its elements in the shape of the operand.
    const operand = (buffer: number, named: number): Operand => ({ ...this.#memory[named]!, buffer });
    const encoder = encoders[instruction.prim as keyof typeof encoders] as Encoder<never>;
    const operands = inputs.map((buffer, i) => operand(buffer, instruction.inputs[i]!));
    const call = encoder(operands, operand(output, output), instruction.attrs as never);
    this.#push(call.kernel, call.args, unit, call.work, call.scratch ?? 0);
  }

  #addProduct(unit: Unit, node: ProductNode, plan: BlockPlan | undefined): void {
    const { batch, m, n, k, a, b, output } = node;
    const epilogue = plan === undefined ? [] : encodeBlock(plan, this.#memory);
    const args = [
      ...[batch, m, n, k],
      ...[a.root, a.offset, ...a.strides],
      ...[b.root, b.offset, ...b.strides],
      ...[plan === undefined ? output : -1, epilogue.length, ...epilogue],
    ];
    const work = batch * m * n * k * PRODUCT_WORK + (plan?.work ?? 0);
    const scratch = GEMM_SCRATCH_BYTES + (plan === undefined ? 0 : blockScratch(plan));
    this.#push("matmul", args, unit, work, scratch, plan);
  }

  /** Folds start from what changes nothing. */
  #addFill(unit: Unit, memory: number, fold: number): void {
    const { dtype, shape } = this.#memory[memory]!;
    const size = sizeOf(shape);
    const bits = startBits(ORDER_OF_FOLD[fold - 1]!, dtype === "f32");
    this.#push("fill", [memory, dtypeNumber(dtype), size, bits], unit, size, 0);
  }

  code(): Int32Array {
    const words: number[] = [];
    let afterSolo = false;
    this.instructions.forEach(({ kernel, args, isShared }, i) => {
      const meet = i > 0 && (isShared || !afterSolo) ? MEET : 0;
      words.push(kernelNames.indexOf(kernel), args.length, meet | (isShared ? 0 : SOLO), ...args);
      afterSolo = !isShared;
    });
    return Int32Array.from(words);
  }
}

const FLOAT_BITS = { infinity: 0x7f800000, minusInfinity: 0xff800000 | 0, one: 0x3f800000 };

function startBits(fold: (typeof ORDER_OF_FOLD)[number], isFloat: boolean): number {
  switch (fold) {
    case "sum":
      return 0;
    case "prod":
      return isFloat ? FLOAT_BITS.one : 1;
    case "max":
      return isFloat ? FLOAT_BITS.minusInfinity : -(2 ** 31);
    case "min":
      return isFloat ? FLOAT_BITS.infinity : 2 ** 31 - 1;
  }
}

/** Brings a program into the form that the kernels run. Its dtypes must be f32, i32, u8 and bool. */
export function lowerProgram(program: Program): Lowered {
  const { memory, nodes, writes, perStep, outputs } = nodesOf(program);
  const held = new Set([...writes.map(({ next }) => next), ...[...perStep, ...outputs].map((result) => result.memory)]);
  const units = schedule(fuse(nodes, memory));
  const lowering = new Lowering(memory, units, held);
  const inPlace = program.guard.length > 0 ? new Set<Write>() : writesInPlace(writes, lowering.instructions, held);
  const swaps = writes.filter((write) => !inPlace.has(write));
  const { places, arenaBytes } = placeMemory(memory, lowering.instructions, held, writes, inPlace, perStep);
  // A next value may be a state's in another shape. What lies in the place of a state has the shape of the state.
  const shapeOf = new Map([...inPlace].map(({ state, next }) => [next, memory[state]!.shape]));
  const bufferOf = (piece: Memory, i: number): LoweredBuffer => {
    const { dtype, shape } = piece;
    return { dtype, shape: shapeOf.get(i) ?? shape, bytes: bytesOf(piece), place: places[i]! };
  };
  return {
    program,
    buffers: memory.map(bufferOf),
    instructions: lowering.instructions,
    code: lowering.code(),
    swaps,
    outputs: outputs.map((result) => ({ name: result.name, buffer: result.memory })),
    collected: perStep.map((result) => ({ name: result.name, buffer: result.memory })),
    arenaBytes,
    threadBytes: lowering.threadBytes,
    work: lowering.work,
  };
}

function placeMemory(
  memory: readonly Memory[],
  instructions: readonly LoweredInstruction[],
  held: ReadonlySet<number>,
  writes: readonly Write[],
  inPlace: ReadonlySet<Write>,
  perStep: readonly { readonly name: string; readonly memory: number }[],
): { places: Place[]; arenaBytes: number } {
  const end = instructions.length;
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  instructions.forEach(({ unit }, i) => {
    for (const { output } of nodesOfUnit(unit)) if (output !== undefined && !first.has(output)) first.set(output, i);
    for (const root of readsOf(unit)) last.set(root, i);
  });
  const writeOf = new Map(writes.map((write) => [write.next, write]));
  const collected = new Map(perStep.map((result) => [result.memory, result.name]));
  const isInside = (i: number): boolean => {
    const { kind } = memory[i]!.source;
    if (kind === "state" || kind === "row" || writeOf.has(i) || collected.has(i)) return false;
    return kind !== "scratch" || held.has(i) || last.has(i);
  };
  const inside = memory.flatMap((_, i) => (isInside(i) ? [i] : []));
  const isInner = (i: number): boolean => memory[i]!.source.kind === "scratch" && isInside(i) && !held.has(i);
  const homes = scratchInPlace(instructions, isInner, (i) => bytesOf(memory[i]!));
  const homeOf = (i: number): number => {
    let home = i;
    for (let next = homes.get(home); next !== undefined; next = homes.get(home)) home = next;
    return home;
  };
  const lastAt = new Map<number, number>();
  for (const i of inside) lastAt.set(homeOf(i), Math.max(lastAt.get(homeOf(i)) ?? 0, last.get(i) ?? 0));
  const owners = inside.filter((i) => !homes.has(i));
  const pieces = owners.map((i) => {
    const isScratch = memory[i]!.source.kind === "scratch";
    const bytes = bytesOf(memory[i]!);
    if (!isScratch) return { bytes, first: 0, last: end };
    return { bytes, first: first.get(i) ?? 0, last: held.has(i) ? end : lastAt.get(i)! };
  });
  const { offsets, bytes } = placePieces(pieces);
  const offsetOf = new Map(owners.map((i, k) => [i, offsets[k]!]));
  const places = memory.map(({ source }, i): Place => {
    const write = writeOf.get(i);
    if (write !== undefined) {
      const { name } = memory[write.state]!.source as { readonly name: string };
      return { kind: inPlace.has(write) ? "state" : "next", name };
    }
    const name = collected.get(i);
    if (name !== undefined) return { kind: "collected", name };
    const offset = offsetOf.get(homeOf(i)) ?? 0;
    if (source.kind === "state" || source.kind === "row") return source;
    return source.kind === "feed" ? { ...source, offset } : { kind: source.kind, offset };
  });
  return { places, arenaBytes: bytes + MARGIN_BYTES };
}
