import type { Device } from "../backends/backend.ts";
import { isFloat, type TypedArray } from "../core/dtype.ts";
import { formatType } from "../core/shape.ts";
import type { Program } from "../program/program.ts";
import type { Divergence } from "./events.ts";

/** A step program that changes nothing and returns every float buffer, by number. */
function withEverythingReturned(program: Program): Program {
  const end = program.instructions.length;
  return {
    ...program,
    buffers: program.buffers.map((buffer) => ({ ...buffer, lastUse: end })),
    writes: [],
    guard: [],
    perStep: [],
    outputs: program.buffers.flatMap(({ dtype }, i) => (isFloat(dtype) ? [{ name: String(i), buffer: i }] : [])),
  };
}

function firstBad(data: TypedArray | undefined): number | undefined {
  return data?.find((x) => !Number.isFinite(x));
}

/**
 * Replays a step that was not applied, and follows the first bad number back to where it arose: the operation whose
 * operands were all finite. (Masked infinities elsewhere in the step are not on that path and are not blamed.)
 */
export async function diagnose(
  device: Device,
  program: Program,
  rows: Readonly<Record<string, TypedArray>>,
  step: number,
): Promise<Divergence> {
  const loaded = await device.load(withEverythingReturned(program));
  let values: Readonly<Record<string, TypedArray>>;
  try {
    values = (await device.run(loaded, { steps: 1, rows })).outputs;
  } finally {
    await device.unload(loaded);
  }
  const makers = new Map(program.instructions.map((instruction) => [instruction.output, instruction]));
  let buffer = program.guard.find((i) => firstBad(values[i]) !== undefined) ?? program.guard[0]!;
  for (;;) {
    const next = makers.get(buffer)?.inputs.find((i) => firstBad(values[i]) !== undefined);
    if (next === undefined) break;
    buffer = next;
  }
  const bad = firstBad(values[buffer]);
  const value = Number.isNaN(bad) ? "NaN" : bad === Number.NEGATIVE_INFINITY ? "-Infinity" : "Infinity";
  const maker = makers.get(buffer);
  const { source } = program.buffers[buffer]!;
  const layer = maker === undefined || maker.scope === "" ? "model" : maker.scope;
  const operation = maker?.prim ?? ("name" in source ? `${source.kind} ${source.name}` : source.kind);
  const type = formatType(program.buffers[buffer]!);
  const message = `step ${step} gave ${value} first in ${layer}: ${operation} ${type}; the step was not applied`;
  return { step, layer, operation, value, message };
}
