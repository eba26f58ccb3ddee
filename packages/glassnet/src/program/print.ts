import { formatType } from "../core/shape.ts";
import { formatAttrs } from "../ir/print.ts";
import type { Program, Source } from "./program.ts";

function formatSource(source: Source): string {
  switch (source.kind) {
    case "state":
    case "row":
    case "feed":
      return `${source.kind} "${source.name}"`;
    case "constant":
      return source.data.length === 1 ? `constant ${source.data[0]}` : "constant";
    case "scratch":
      return "scratch";
  }
}

/** A readable listing of a program: its outside buffers, its instructions, what it writes, guards and returns. */
export function printProgram(program: Program): string {
  const lines: string[] = [];
  program.buffers.forEach((buffer, i) => {
    if (buffer.source.kind !== "scratch") lines.push(`b${i}: ${formatType(buffer)} = ${formatSource(buffer.source)}`);
  });
  for (const { prim, inputs, output, attrs, scope } of program.instructions) {
    const operands = inputs.map((i) => ` b${i}`).join("");
    const where = scope === "" ? "" : `  # ${scope}`;
    lines.push(
      `b${output}: ${formatType(program.buffers[output]!)} = ${prim}${operands}${formatAttrs(prim, attrs)}${where}`,
    );
  }
  for (const { state, value } of program.writes) lines.push(`write b${state} <- b${value}`);
  if (program.guard.length > 0) lines.push(`guard ${program.guard.map((i) => `b${i}`).join(", ")}`);
  for (const { name, buffer } of program.perStep) lines.push(`each step ${name} = b${buffer}`);
  for (const { name, buffer } of program.outputs) lines.push(`return ${name} = b${buffer}`);
  return lines.join("\n");
}
