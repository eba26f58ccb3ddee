import type { Device } from "../backends/backend.ts";
import { isFloat, type TypedArray } from "../core/dtype.ts";
import { formatType } from "../core/shape.ts";
import type { Buffer, Program, Source } from "../program/program.ts";
import type { Divergence } from "./events.ts";

/** Says which variable or slot a state holds; of a data set, which is only ever read, nothing. */
export type DescribeState = (name: string) => string | undefined;

const isData = ({ source }: Buffer, describeState: DescribeState): boolean =>
  source.kind === "state" && describeState(source.name) === undefined;

/** A step program that changes nothing and returns every float buffer by number, except constants and the data. */
function withBuffersReturned(program: Program, describeState: DescribeState): Program {
  const end = program.instructions.length;
  return {
    ...program,
    buffers: program.buffers.map((buffer) => ({ ...buffer, lastUse: end })),
    writes: [],
    guard: [],
    perStep: [],
    outputs: program.buffers.flatMap((buffer, i) =>
      isFloat(buffer.dtype) && buffer.source.kind !== "constant" && !isData(buffer, describeState)
        ? [{ name: String(i), buffer: i }]
        : [],
    ),
  };
}

function firstBad(data: TypedArray | undefined): number | undefined {
  return data?.find((x) => !Number.isFinite(x));
}

/** Rows of a table that hold a batch; the others are the optimizer's numbers. */
const FED_ROWS: readonly string[] = ["inputs", "targets"];

/** What a number was read from, in words. */
function formatSource(source: Source, describeState: DescribeState): string {
  if (source.kind === "state") return describeState(source.name) ?? "the data";
  if (source.kind === "row" && FED_ROWS.includes(source.name)) return "the data";
  if (source.kind === "row") return `the optimizer's ${source.name.split("/").at(-1)}`;
  return `a ${source.kind}`;
}

/**
 * Replays a step that was not applied, and follows the first bad number back to where it arose: the operation whose
 * operands were all finite, or what was read. (Masked infinities elsewhere in the step are not on that path and are not
 * blamed.)
 */
export async function diagnose(
  device: Device,
  program: Program,
  rows: Readonly<Record<string, TypedArray>>,
  step: number,
  describeState: DescribeState,
): Promise<Divergence> {
  const loaded = await device.load(withBuffersReturned(program, describeState));
  let outputs: Readonly<Record<string, TypedArray>>;
  try {
    outputs = (await device.run(loaded, { steps: 1, rows })).outputs;
  } finally {
    await device.unload(loaded);
  }
  const badIn = (buffer: number): number | undefined => {
    const { source } = program.buffers[buffer]!;
    return firstBad(source.kind === "constant" ? source.data : outputs[buffer]);
  };
  const makers = new Map(program.instructions.map((instruction) => [instruction.output, instruction]));
  let buffer = program.guard.find((i) => badIn(i) !== undefined) ?? program.guard[0]!;
  let bad = badIn(buffer);
  let scope = "";
  for (;;) {
    const maker = makers.get(buffer);
    scope = maker?.scope ?? scope; // what is read belongs to the layer that reads it
    const next =
      maker?.inputs.find((i) => badIn(i) !== undefined) ??
      (maker?.prim === "gather" ? maker.inputs.find((i) => isData(program.buffers[i]!, describeState)) : undefined);
    if (next === undefined) break;
    bad = badIn(next) ?? bad;
    buffer = next;
  }
  const value = Number.isNaN(bad) ? "NaN" : bad === Number.NEGATIVE_INFINITY ? "-Infinity" : "Infinity";
  const layer = scope === "" ? "model" : scope;
  const maker = makers.get(buffer);
  const operation = maker?.prim ?? formatSource(program.buffers[buffer]!.source, describeState);
  const type = formatType(program.buffers[buffer]!);
  const where = maker === undefined ? `read ${value} in ${layer} from` : `gave ${value} first in ${layer}:`;
  const message = `step ${step} ${where} ${operation} ${type}; the step was not applied`;
  return { step, layer, operation, value, message };
}
