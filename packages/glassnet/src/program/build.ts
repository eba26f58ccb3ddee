import { assert } from "../core/errors.ts";
import { formatType, sameShape } from "../core/shape.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import type { Buffer, Instruction, Program, Source } from "./program.ts";

/** What a graph's inputs are bound to, and what is done with its outputs. */
export interface ProgramSpec {
  readonly sources: ReadonlyMap<ValueOf<"input">, Source>;
  /** States (inputs whose source is `state`) and the values that replace them at the end of a step. */
  readonly writes?: readonly { readonly state: ValueOf<"input">; readonly value: Value }[];
  readonly guard?: readonly Value[];
  readonly perStep?: Readonly<Record<string, Value>>;
  readonly outputs?: Readonly<Record<string, Value>>;
}

/**
 * Puts a graph into the neutral form: values in an order of computation, each in a numbered buffer with its last use.
 * Where the scratch buffers lie in memory is the backend's choice.
 */
export function buildProgram(spec: ProgramSpec): Program {
  const { sources, writes = [], guard = [], perStep = {}, outputs = {} } = spec;
  const needed = [...writes.map(({ value }) => value), ...guard, ...Object.values(perStep), ...Object.values(outputs)];
  const numbers = new Map<Value, number>();
  const buffers: { value: Value; source: Source; lastUse: number }[] = [];
  const numberOf = (value: Value): number => {
    const number = numbers.get(value);
    assert(number !== undefined, `${value.prim} was not ordered before its use`);
    return number;
  };
  const addBuffer = (value: Value, source: Source): number => {
    numbers.set(value, buffers.length);
    return buffers.push({ value, source, lastUse: -1 }) - 1;
  };

  const states = writes.map(({ state }): Value => state);
  const instructions: Instruction[] = [];
  for (const value of topologicalOrder<Value>([...states, ...needed])) {
    if (value.prim === "input") {
      const source = sources.get(value);
      assert(source !== undefined, `input "${value.attrs.name}" has no source`);
      addBuffer(value, source);
    } else if (value.prim === "constant") {
      addBuffer(value, { kind: "constant", data: value.attrs.data });
    } else {
      const inputs = value.inputs.map(numberOf);
      for (const number of inputs) buffers[number]!.lastUse = instructions.length;
      const output = addBuffer(value, { kind: "scratch" });
      const { prim, attrs, scope } = value;
      instructions.push({ prim, inputs, output, attrs, scope } as Instruction); // the pairing of prim and attrs is lost
    }
  }
  for (const value of needed) buffers[numberOf(value)]!.lastUse = instructions.length;
  for (const { state, value } of writes) {
    assert(sources.get(state)?.kind === "state", `"${state.attrs.name}" is written but is no state`);
    assert(
      state.dtype === value.dtype && sameShape(state.shape, value.shape),
      `state "${state.attrs.name}" is ${formatType(state)}, written with ${formatType(value)}`,
    );
  }
  const named = (values: Readonly<Record<string, Value>>) =>
    Object.entries(values).map(([name, value]) => ({ name, buffer: numberOf(value) }));
  return {
    buffers: buffers.map(({ value: { dtype, shape }, source, lastUse }): Buffer => ({ dtype, shape, source, lastUse })),
    instructions,
    writes: writes.map(({ state, value }) => ({ state: numberOf(state), value: numberOf(value) })),
    guard: [...new Set(guard.map(numberOf))],
    perStep: named(perStep),
    outputs: named(outputs),
  };
}
