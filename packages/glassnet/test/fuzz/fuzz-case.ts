import type { ArrayData } from "../../src/core/array.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Program, RunRequest } from "../../src/program/program.ts";

/** A program, what its states hold at first, and what is asked of it, one run after the other. */
export interface FuzzCase {
  readonly program: Program;
  readonly states: ReadonlyMap<string, ArrayData>;
  readonly requests: readonly RunRequest[];
}

const shown = (data: ArrayLike<number>): string => {
  const numbers = Array.from({ length: Math.min(data.length, 12) }, (_, i) => data[i]);
  return `[${numbers.join(", ")}${data.length > numbers.length ? `, … ${data.length} in all` : ""}]`;
};

/** A listing from which the case can be followed by hand. */
export function printCase({ program, states, requests }: FuzzCase): string {
  const lines = [printProgram(program)];
  for (const [name, { data }] of states) lines.push(`state "${name}" begins as ${shown(data)}`);
  requests.forEach(({ steps, feeds = {}, rows = {} }, i) => {
    lines.push(`run ${i}: ${steps} ${steps === 1 ? "step" : "steps"}`);
    for (const [name, data] of Object.entries(feeds)) lines.push(`  feed "${name}" ${shown(data)}`);
    for (const [name, data] of Object.entries(rows)) lines.push(`  rows "${name}" ${shown(data)}`);
  });
  return lines.join("\n");
}
