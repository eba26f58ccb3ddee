import { formatBytes, formatCount } from "../../core/format.ts";
import { formatType, sizeOf } from "../../core/shape.ts";
import type { BlockPlan } from "./block.ts";
import type { Lowered, LoweredBuffer, LoweredInstruction } from "./lower.ts";
import { nodesOfUnit, readsOf } from "./unit.ts";

function formatPlace({ place, dtype, shape }: LoweredBuffer, number: number): string {
  const type = formatType({ dtype, shape });
  switch (place.kind) {
    case "scratch":
      return `b${number}: ${type}`;
    case "constant":
      return `b${number}: ${type} constant`;
    default:
      return `b${number}: ${type} ${place.kind} "${place.name}"`;
  }
}

/** Operations of a block as formulas over its slots: `s4 = MUL_F s1 s2`. */
function formatBlock({ sizes, rowDims, inputs, constants, ops, outputs }: BlockPlan): string[] {
  const lines = [
    `over [${sizes.join(", ")}]${rowDims < sizes.length ? `, rows of [${sizes.slice(rowDims).join(", ")}]` : ""}`,
  ];
  for (const { memory, slot, extent } of inputs) {
    lines.push(
      `s${slot} = ${memory < 0 ? "product or count" : `b${memory}`}${extent === "full" ? "" : ` (${extent})`}`,
    );
  }
  for (const { slot, bits } of constants) {
    lines.push(`s${slot} = bits ${bits} (${new Float32Array(Int32Array.of(bits).buffer)[0]})`);
  }
  for (const { op, extent, to, from } of ops) {
    lines.push(`s${to} = ${op} ${from.map((slot) => `s${slot}`).join(" ")}${extent === "row" ? " (row)" : ""}`);
  }
  for (const { memory, slot, fold } of outputs) lines.push(`b${memory} ${fold === 0 ? "=" : "folds"} s${slot}`);
  return lines;
}

function flopsOf({ unit, plan }: LoweredInstruction): number {
  const product = unit.kind === "product" ? unit.node : unit.kind === "block" ? unit.product : undefined;
  return (product === undefined ? 0 : 2 * product.batch * product.m * product.n * product.k) + (plan?.work ?? 0);
}

/** A readable listing of a lowered program: what each instruction reads and writes, its bytes and operations. */
export function printLowered(lowered: Lowered): string {
  const { buffers, instructions, arenaBytes, threadBytes } = lowered;
  const lines = [
    `${instructions.length} instructions, ${formatBytes(arenaBytes)} of scratch, ${formatBytes(threadBytes)} for each thread`,
  ];
  const bytesOf = (list: Iterable<number>) => [...list].reduce((sum, i) => sum + buffers[i]!.bytes, 0);
  instructions.forEach((instruction, i) => {
    const { kernel, unit, plan, isShared } = instruction;
    const writes =
      kernel === "fill"
        ? [instruction.args[0]!]
        : new Set(plan?.outputs.map(({ memory }) => memory) ?? nodesOfUnit(unit).flatMap(({ output }) => output ?? []));
    const reads = kernel === "fill" ? [] : [...readsOf(unit)];
    const scopes = [...new Set(nodesOfUnit(unit).map(({ scope }) => scope))].filter((scope) => scope !== "");
    const where = scopes.length === 0 ? "" : `  # ${scopes.join(", ")}`;
    const cost = `${formatBytes(bytesOf([...reads, ...writes]))}, ${formatCount(flopsOf(instruction))} operations${isShared ? "" : ", one thread"}`;
    lines.push(`${i}: ${kernel} (${cost})${where}`);
    for (const read of reads)
      if (sizeOf(buffers[read]!.shape) > 0) lines.push(`     reads ${formatPlace(buffers[read]!, read)}`);
    const product = unit.kind === "product" ? unit.node : unit.kind === "block" ? unit.product : undefined;
    if (product !== undefined && kernel === "matmul") {
      lines.push(`     ${product.batch} x [${product.m}, ${product.k}] · [${product.k}, ${product.n}]`);
    }
    if (plan !== undefined && kernel !== "fill") lines.push(...formatBlock(plan).map((line) => `     ${line}`));
    for (const write of writes) lines.push(`     writes ${formatPlace(buffers[write]!, write)}`);
  });
  for (const { state, next } of lowered.swaps) lines.push(`swap b${state} and b${next}`);
  return lines.join("\n");
}
