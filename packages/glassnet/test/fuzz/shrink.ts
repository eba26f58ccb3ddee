import { sizeOf } from "../../src/core/shape.ts";
import type { Buffer, Instruction, Program } from "../../src/program/program.ts";
import { stepValues } from "./expected.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { exactly } from "./slack.ts";

/** A program without what nobody needs, its buffers numbered anew. */
function tidied({ buffers, instructions, writes, guard, perStep, outputs }: Program): Program {
  const needed = new Set([
    ...writes.flatMap(({ state, value }) => [state, value]),
    ...guard,
    ...[...perStep, ...outputs].map(({ buffer }) => buffer),
  ]);
  const kept: Instruction[] = [];
  for (const instruction of instructions.toReversed()) {
    if (!needed.has(instruction.output)) continue;
    kept.unshift(instruction);
    for (const input of instruction.inputs) needed.add(input);
  }
  const order = buffers.flatMap((_, i) => (needed.has(i) ? [i] : []));
  const number = new Map(order.map((old, i) => [old, i]));
  const of = (old: number): number => number.get(old)!;
  const named = ({ name, buffer }: { readonly name: string; readonly buffer: number }) => ({
    name,
    buffer: of(buffer),
  });
  const program = {
    instructions: kept.map((instruction) => ({
      ...instruction,
      inputs: instruction.inputs.map(of),
      output: of(instruction.output),
    })),
    writes: writes.map(({ state, value }) => ({ state: of(state), value: of(value) })),
    guard: guard.map(of),
    perStep: perStep.map(named),
    outputs: outputs.map(named),
  };
  const lastUses = new Map<number, number>();
  program.instructions.forEach(({ inputs }, i) => {
    for (const input of inputs) lastUses.set(input, i);
  });
  const after = [
    ...program.writes.map(({ value }) => value),
    ...program.guard,
    ...[...program.perStep, ...program.outputs].map(({ buffer }) => buffer),
  ];
  for (const buffer of after) lastUses.set(buffer, kept.length);
  return { ...program, buffers: order.map((old, i): Buffer => ({ ...buffers[old]!, lastUse: lastUses.get(i) ?? -1 })) };
}

/** Feeds, rows and states of a program alone. */
function trimmed({ program, states, requests }: FuzzCase): FuzzCase {
  const used = new Set(program.buffers.flatMap(({ source }) => ("name" in source ? [source.name] : [])));
  const only = <T>(entries: Readonly<Record<string, T>> = {}): Record<string, T> =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => used.has(name)));
  return {
    program,
    states: new Map([...states].filter(([name]) => used.has(name))),
    requests: requests.map(({ steps, feeds, rows }) => ({ steps, feeds: only(feeds), rows: only(rows) })),
  };
}

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index);

/** A case in which the result of an instruction is given instead of computed. */
function given({ program, states, requests }: FuzzCase, index: number): FuzzCase {
  const { output } = program.instructions[index]!;
  const before = new Map([...states].map(([name, value]) => [name, exactly(value)]));
  const { data } = stepValues(program, before, requests[0]!, 0)[output]!;
  const name = `given${program.instructions.length}`;
  return {
    program: {
      ...program,
      instructions: without(program.instructions, index),
      buffers: program.buffers.map((buffer, i) =>
        i === output ? { ...buffer, source: { kind: "feed", name } } : buffer,
      ),
    },
    states,
    requests: requests.map((request) => ({ ...request, feeds: { ...request.feeds, [name]: data } })),
  };
}

/** Cases a little smaller than the one that is given, the boldest cuts first. */
function* smaller(fuzzCase: FuzzCase): Generator<FuzzCase> {
  const { program, requests } = fuzzCase;
  const cut = (change: Partial<Program>): FuzzCase => ({ ...fuzzCase, program: { ...program, ...change } });
  if (requests.length > 1) {
    yield { ...fuzzCase, requests: requests.slice(0, -1) };
  }
  const [first] = requests;
  if (requests.length === 1 && first!.steps > 1) {
    const rows = Object.fromEntries(
      Object.entries(first!.rows ?? {}).map(([name, data]) => [name, data.slice(0, data.length / first!.steps)]),
    );
    yield { ...fuzzCase, requests: [{ ...first!, steps: 1, rows }] };
  }
  for (const i of program.outputs.keys()) yield cut({ outputs: without(program.outputs, i) });
  for (const i of program.perStep.keys()) yield cut({ perStep: without(program.perStep, i) });
  for (const i of program.writes.keys()) yield cut({ writes: without(program.writes, i) });
  for (const i of program.guard.keys()) yield cut({ guard: without(program.guard, i) });
  // An operand of what comes out may be wrong already.
  for (const list of ["outputs", "perStep"] as const) {
    for (const [i, { name, buffer }] of program[list].entries()) {
      const maker = program.instructions.find(({ output }) => output === buffer);
      for (const operand of maker?.inputs ?? []) {
        yield cut({ [list]: program[list].map((result, k) => (k === i ? { name, buffer: operand } : result)) });
      }
    }
  }
  for (const i of program.instructions.keys()) yield given(fuzzCase, i);
}

const costOf = ({ program, requests }: FuzzCase): number =>
  program.instructions.length * 8 +
  [program.outputs, program.perStep, program.writes, program.guard].reduce((sum, list) => sum + list.length, 0) +
  requests.reduce((sum, { steps }) => sum + steps, 0) +
  program.buffers.reduce((sum, { shape }) => sum + sizeOf(shape), 0) * 1e-9;

/** The smallest case that can be reached by leaving things out and still fails. */
export function shrink(fuzzCase: FuzzCase, fails: (fuzzCase: FuzzCase) => boolean): FuzzCase {
  let smallest = trimmed({ ...fuzzCase, program: tidied(fuzzCase.program) });
  for (;;) {
    let found: FuzzCase | undefined;
    for (const candidate of smaller(smallest)) {
      const tidy = trimmed({ ...candidate, program: tidied(candidate.program) });
      if (costOf(tidy) < costOf(smallest) && fails(tidy)) {
        found = tidy;
        break;
      }
    }
    if (found === undefined) return smallest;
    smallest = found;
  }
}
