import { formatBytes, formatCount } from "../../core/format.ts";
import { formatShape, formatType, sizeOf } from "../../core/shape.ts";
import type { PrimName } from "../../ir/prim.ts";
import { formatAttrs } from "../../ir/print.ts";
import { flops } from "../cost.ts";
import type { Instruction } from "../program.ts";
import type { BlockPlan } from "./block.ts";
import type { Lowered, LoweredBuffer, LoweredInstruction } from "./lower.ts";
import type { MatrixView, ProductNode } from "./node.ts";
import { nodesOfUnit, readsOf } from "./unit.ts";

/** @file A lowered program for reading: what runs as one pass over memory stands together, as formulas. */

/** Operations that only move numbers or look at them. */
const FREE: ReadonlySet<string> = new Set(["COPY", "EXPAND", "FINITE"]);
/** Those that stand for several count as these. */
const STANDS_FOR: Readonly<Record<string, number>> = {
  MUL_ADD: 2,
  MUL_SUB: 2,
  SUB_MUL: 2,
  RATIO: 2,
  ROOT_ADD: 3,
  BLEND: 3,
};
/** What an input of a block is that comes from a product and not from memory, as `kernels/block.h` numbers it. */
const PRODUCT_INPUT = 5;
const FOLDS = ["", "sum", "max", "min", "product"] as const;

const isConversion = (op: string): boolean => op.includes("_TO_") || op.startsWith("WRAP_");
const isReduction = (op: string): boolean => op.startsWith("ROW_");

/** `ROW_SUM_F` is `row sum`: the types of the operands say the rest. */
function nameOf(op: string): string {
  return op
    .replace(/_[FI]$/, "")
    .toLowerCase()
    .replaceAll("_", " ");
}

/** The number that a lane of these bits is to the operation that reads it: only floats of an ordinary size look like floats. */
function formatConstant(bits: number, reader: string | undefined): string {
  const float = new Float32Array(Int32Array.of(bits).buffer)[0]!;
  const isInteger = reader?.endsWith("_I") === true || (float !== 0 && !(Math.abs(float) >= 1e-37)); // NaN as well
  return String(isInteger && bits !== 0 ? bits : Number(float.toPrecision(7)));
}

const productOf = ({ unit }: LoweredInstruction): ProductNode | undefined =>
  unit.kind === "product" ? unit.node : unit.kind === "block" ? unit.product : undefined;

/** As the costs of primitives count: moving is free, any function of a number is one operation. */
function flopsOfBlock({ sizes, rowDims, ops, outputs }: BlockPlan): number {
  const volume = sizeOf(sizes);
  const rows = sizeOf(sizes.slice(0, rowDims));
  const cost = (op: string) => (FREE.has(op) || isConversion(op) ? 0 : (STANDS_FOR[op] ?? 1));
  const own = ops.reduce(
    (sum, { op, extent }) => sum + cost(op) * (extent === "full" || isReduction(op) ? volume : rows),
    0,
  );
  return outputs.reduce((sum, { fold, extent }) => sum + (fold === 0 ? 0 : extent === "full" ? volume : rows), own);
}

function flopsOf(instruction: LoweredInstruction, buffers: readonly LoweredBuffer[]): number {
  const { kernel, unit, plan } = instruction;
  if (kernel === "fill") return 0;
  if (unit.kind === "kernel") {
    const { prim, attrs } = unit.node.instruction;
    const cost = flops[prim] as (
      inputs: readonly (readonly number[])[],
      output: readonly number[],
      attrs: object,
    ) => number;
    return cost(
      unit.node.inputs.map((buffer) => buffers[buffer]!.shape),
      buffers[unit.node.output]!.shape,
      attrs,
    );
  }
  const product = productOf(instruction);
  const multiplied = product === undefined ? 0 : 2 * product.batch * product.m * product.n * product.k;
  return multiplied + (plan === undefined ? 0 : flopsOfBlock(plan));
}

/** `b4ᵀ [784, 128]`: a matrix as the product reads it, whatever way it lies in memory. */
function formatMatrix({ root, strides }: MatrixView, batch: number, rows: number, columns: number): string {
  const isTransposed = strides[1] === 1 && strides[2] !== 1 && rows > 1;
  return `b${root}${isTransposed ? "ᵀ" : ""} ${formatShape(batch === 1 ? [rows, columns] : [batch, rows, columns])}`;
}

function formatProduct({ batch, m, n, k, a, b }: ProductNode): string {
  return `matmul ${formatMatrix(a, batch, m, k)} · ${formatMatrix(b, batch, k, n)}`;
}

/** A result with its type: `b2: f32[1, 784]`. */
function formatResult(buffers: readonly LoweredBuffer[], number: number): string {
  const { dtype, shape } = buffers[number]!;
  return `b${number}: ${formatType({ dtype, shape })}`;
}

/** The operations of a block as formulas, with a name for each value: its own, or that of the buffer it is stored in. */
function formatBlock(plan: BlockPlan, buffers: readonly LoweredBuffer[]): string[] {
  const { inputs, constants, ops, outputs } = plan;
  const names = new Map<number, string>(); // of what each slot holds at the moment
  for (const { memory, slot, kind } of inputs)
    names.set(slot, memory >= 0 ? `b${memory}` : kind === PRODUCT_INPUT ? "product" : "index");
  for (const { slot, bits } of constants) {
    names.set(slot, formatConstant(bits, ops.find(({ from }) => from.includes(slot))?.op));
  }
  const stored = new Map(outputs.filter(({ fold }) => fold === 0).map(({ slot, memory }) => [slot, memory]));
  const lines: string[] = [];
  let count = 0;
  for (const { op, to, from } of ops) {
    const operands = from.map((slot) => names.get(slot)!);
    if (op === "FINITE") {
      lines.push(`guard ${operands[0]}`);
      continue;
    }
    const memory = stored.get(to);
    if (op === "EXPAND" && memory === undefined) {
      names.set(to, operands[0]!); // one number for each row, read by all of the row
      continue;
    }
    const formula = `${nameOf(op)} ${operands.join(" ")}`;
    names.set(to, memory === undefined ? `t${count++}` : `b${memory}`);
    lines.push(`${memory === undefined ? names.get(to) : formatResult(buffers, memory)} = ${formula}`);
  }
  const made = new Set(ops.map(({ to }) => to));
  for (const { memory, slot, fold } of outputs) {
    if (fold === 0 && made.has(slot)) continue;
    lines.push(`${formatResult(buffers, memory)} = ${`${FOLDS[fold]} ${names.get(slot)}`.trim()}`);
  }
  return lines;
}

function formatKernel({ prim, attrs }: Pick<Instruction, "prim" | "attrs">, inputs: readonly number[]): string {
  return `${prim}${inputs.map((i) => ` b${i}`).join("")}${formatAttrs(prim as PrimName, attrs)}`;
}

/** What an instruction computes, one line a formula. */
function formatInstruction(instruction: LoweredInstruction, buffers: readonly LoweredBuffer[]): string[] {
  const { kernel, args, unit, plan } = instruction;
  if (kernel === "fill")
    return [`${formatResult(buffers, args[0]!)} = fill with ${formatConstant(args[3]!, undefined)}`];
  if (unit.kind === "kernel") {
    return [`${formatResult(buffers, unit.node.output)} = ${formatKernel(unit.node.instruction, unit.node.inputs)}`];
  }
  const product = productOf(instruction);
  if (plan === undefined)
    return product === undefined ? [] : [`${formatResult(buffers, product.output)} = ${formatProduct(product)}`];
  const lines = formatBlock(plan, buffers);
  return product === undefined ? lines : [`product = ${formatProduct(product)}`, ...lines];
}

function headOf(instruction: LoweredInstruction): string {
  const { kernel, plan } = instruction;
  if (plan === undefined || kernel !== "block") return kernel;
  const { sizes, rowDims } = plan;
  const rows = rowDims < sizes.length ? ` in rows of ${formatShape(sizes.slice(rowDims))}` : "";
  return `block over ${formatShape(sizes)}${rows}`;
}

/** A single constant, which stands in the formulas and in the code. */
const isInline = ({ place, shape }: LoweredBuffer): boolean => place.kind === "constant" && sizeOf(shape) === 1;

/** Bytes that an instruction reads and writes, each buffer once. */
function trafficOf({ kernel, args, unit, plan }: LoweredInstruction, buffers: readonly LoweredBuffer[]): number {
  if (kernel === "fill") return buffers[args[0]!]!.bytes;
  const writes = plan?.outputs.map(({ memory }) => memory) ?? nodesOfUnit(unit).flatMap(({ output }) => output ?? []);
  const touched = [...new Set([...readsOf(unit), ...writes])].map((i) => buffers[i]!);
  return touched.reduce((sum, buffer) => sum + (isInline(buffer) ? 0 : buffer.bytes), 0);
}

function formatOutside(buffer: LoweredBuffer): string | undefined {
  const { place, bytes } = buffer;
  switch (place.kind) {
    case "scratch":
      return undefined;
    case "constant":
      return isInline(buffer) ? undefined : `constant  (${formatBytes(bytes)})`;
    case "state":
    case "next":
    case "row":
    case "collected":
    case "feed":
      return `${place.kind} "${place.name}"  (${formatBytes(bytes)})`;
  }
}

/**
 * A readable listing of a lowered program: the buffers that come from outside, then each instruction with the bytes it
 * touches, its floating-point operations and its formulas.
 */
export function printLowered(lowered: Lowered): string {
  const { buffers, instructions, arenaBytes, threadBytes } = lowered;
  const costs = instructions.map((instruction) => flopsOf(instruction, buffers));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  const count = `${instructions.length} ${instructions.length === 1 ? "instruction" : "instructions"}`;
  const lines = [
    `${count}, ${formatCount(total)} FLOPs, ${formatBytes(arenaBytes)} of scratch, ${formatBytes(threadBytes)} for each thread`,
  ];
  const used = new Set([
    ...instructions.flatMap(({ unit }) => [
      ...readsOf(unit),
      ...nodesOfUnit(unit).flatMap(({ output }) => output ?? []),
    ]),
    ...[...lowered.collected, ...lowered.outputs].map(({ buffer }) => buffer),
  ]);
  buffers.forEach((buffer, i) => {
    const outside = used.has(i) ? formatOutside(buffer) : undefined;
    if (outside !== undefined) lines.push(`${formatResult(buffers, i)} = ${outside}`);
  });
  instructions.forEach((instruction, i) => {
    const scopes = [...new Set(nodesOfUnit(instruction.unit).map(({ scope }) => scope))].filter(
      (scope) => scope !== "",
    );
    const facts = [
      `${formatCount(costs[i]!)} FLOPs`,
      formatBytes(trafficOf(instruction, buffers)),
      ...(instruction.isShared ? [] : ["one thread"]),
    ];
    lines.push(
      `${i}: ${headOf(instruction)}  (${facts.join(", ")})${scopes.length === 0 ? "" : `  # ${scopes.join(", ")}`}`,
    );
    for (const line of formatInstruction(instruction, buffers)) lines.push(`     ${line}`);
  });
  for (const { state, next } of lowered.swaps) lines.push(`swap b${state} and b${next}`);
  for (const { name, buffer } of lowered.collected) lines.push(`each step ${name} = b${buffer}`);
  for (const { name, buffer } of lowered.outputs) lines.push(`return ${name} = b${buffer}`);
  return lines.join("\n");
}
