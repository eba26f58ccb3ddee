import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../ir/builder.ts";
import type { ValueOf } from "../ir/graph.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { buildProgram } from "./build.ts";
import { printProgram } from "./print.ts";
import type { Source } from "./program.ts";

function setting() {
  const builder = new GraphBuilder(infer);
  const sources = new Map<ValueOf<"input">, Source>();
  const enter = (name: string, shape: readonly number[], source: Source): ValueOf<"input"> => {
    const input = builder.input({ dtype: "f32", shape }, name);
    sources.set(input, source);
    return input;
  };
  return {
    builder,
    b: new Ops(builder),
    sources,
    state: (name: string, shape: readonly number[]) => enter(name, shape, { kind: "state", name }),
    row: (name: string, shape: readonly number[]) => enter(name, shape, { kind: "row", name }),
    feed: (name: string, shape: readonly number[]) => enter(name, shape, { kind: "feed", name }),
  };
}

test("a training step: states, rows and feeds in, a guarded loss each step, writes at the end", () => {
  const { builder, b, sources, state, row, feed } = setting();
  const w = state("w", [3]);
  const learningRate = row("learningRate", []);
  const x = feed("x", [4, 3]);
  builder.scope = "layers.0";
  const y = b.sum(b.mul(x, w), { axes: 1 });
  builder.scope = "";
  const loss = b.sum(b.mul(y, y));
  const next = b.sub(w, b.mul(learningRate, b.sum(x, { axes: 0 })));
  const program = buildProgram({
    sources,
    writes: [{ state: w, value: next }],
    guard: [loss, loss],
    perStep: { loss },
    outputs: { y },
  });
  expect(printProgram(program)).toMatchInlineSnapshot(`
    "b0: f32[3] = state "w"
    b1: f32[] = row "learningRate"
    b2: f32[4, 3] = feed "x"
    b3: f32[3] = sum b2 {axes=[0], keepDims=false}
    b4: f32[3] = mul b1 b3
    b5: f32[3] = sub b0 b4
    b6: f32[4, 3] = mul b2 b0  # layers.0
    b7: f32[4] = sum b6 {axes=[1], keepDims=false}  # layers.0
    b8: f32[4] = mul b7 b7
    b9: f32[] = sum b8 {axes=[0], keepDims=false}
    write b0 <- b5
    guard b9
    each step loss = b9
    return y = b7"
  `);
  expect(program.buffers.map(({ lastUse }) => lastUse)).toMatchInlineSnapshot(`
    [
      3,
      1,
      3,
      1,
      2,
      7,
      4,
      7,
      6,
      7,
    ]
  `);
});

test("constants print their value if it is one number, and prints hide what the type shows", () => {
  const { b, sources } = setting();
  const table = b.constant(Int32Array.of(1, 2), "i32", [2]);
  const program = buildProgram({ sources, outputs: { a: b.add(table, 7), b: table } });
  expect(printProgram(program)).toMatchInlineSnapshot(`
    "b0: i32[2] = constant
    b1: i32[] = constant 7
    b2: i32[2] = add b0 b1
    return a = b2
    return b = b0"
  `);
});

describe("the last use of a buffer", () => {
  test("is the last instruction that reads it", () => {
    const { b, sources, feed } = setting();
    const x = feed("x", [2]);
    const exp = b.exp(x); // 0
    const tanh = b.tanh(exp); // 1
    const sum = b.add(exp, tanh); // 2
    const { buffers } = buildProgram({ sources, outputs: { sum: b.neg(sum) } });
    expect(buffers.map(({ lastUse }) => lastUse)).toEqual([0, 2, 2, 3, 4]);
  });

  test("is after the last instruction if it is returned, guarded, collected or what a state becomes", () => {
    const { b, sources, state, feed } = setting();
    const w = state("w", [2]);
    const x = feed("x", [2]);
    const [a, g, p] = [b.exp(x), b.neg(x), b.tanh(x)];
    const program = buildProgram({
      sources,
      writes: [{ state: w, value: a }],
      guard: [g],
      perStep: { p },
      outputs: { x },
    });
    expect(program.instructions).toHaveLength(3);
    expect(program.buffers.map(({ lastUse }) => lastUse)).toEqual([-1, 3, 3, 3, 3]);
  });
});

test("a state is needed as long as it is read: what it becomes may be put in its place after that", () => {
  const { b, sources, state } = setting();
  const [w, m] = [state("w", [2]), state("m", [2])];
  const next = b.mul(m, 0.9); // 0: the last to read m
  const program = buildProgram({
    sources,
    writes: [
      { state: w, value: b.sub(w, next) }, // 1: the last to read w
      { state: m, value: next },
    ],
  });
  expect(printProgram(program)).toMatchInlineSnapshot(`
    "b0: f32[2] = state "w"
    b1: f32[2] = state "m"
    b2: f32[] = constant 0.8999999761581421
    b3: f32[2] = mul b1 b2
    b4: f32[2] = sub b0 b3
    write b0 <- b4
    write b1 <- b3"
  `);
  expect(program.buffers.map(({ lastUse }) => lastUse)).toEqual([1, 0, 0, 2, 2]);

  // One state that becomes another is read to the end.
  const [from, to] = [state("from", [2]), state("to", [2])];
  const moved = buildProgram({ sources, writes: [{ state: to, value: from }] });
  expect(moved.buffers.map(({ lastUse }) => lastUse)).toEqual([-1, 0]);
});

test("what no result needs is left out, but a state that is written only is kept", () => {
  const { b, sources, state, feed } = setting();
  const w = state("w", [2]);
  const x = feed("x", [2]);
  const unused = b.exp(feed("unused", [2]));
  const program = buildProgram({ sources, writes: [{ state: w, value: x }] });
  expect(program.buffers.map(({ source }) => source.kind)).toEqual(["state", "feed"]);
  expect(program.writes).toEqual([{ state: 0, value: 1 }]);
  expect(program.instructions).toEqual([]);
  expect(unused.prim).toBe("exp");
});

test("states may be swapped", () => {
  const { sources, state } = setting();
  const [a, b] = [state("a", [2]), state("b", [2])];
  const program = buildProgram({
    sources,
    writes: [
      { state: a, value: b },
      { state: b, value: a },
    ],
  });
  expect(printProgram(program)).toMatchInlineSnapshot(`
    "b0: f32[2] = state "a"
    b1: f32[2] = state "b"
    write b0 <- b1
    write b1 <- b0"
  `);
});

test("a program is plain data that can be sent to a worker", () => {
  const { b, sources, feed } = setting();
  const program = buildProgram({ sources, outputs: { y: b.pad(feed("x", [2]), [1], [0], { value: -1 }) } });
  expect(structuredClone(program)).toEqual(program);
});

describe("mistakes of the caller are bugs, and say so:", () => {
  test("an input without a source", () => {
    const { builder, b, sources } = setting();
    const x = builder.input({ dtype: "f32", shape: [] }, "x");
    expect(() => buildProgram({ sources, outputs: { y: b.exp(x) } })).toThrowErrorMatchingInlineSnapshot(
      `[Error: bug in glassnet: input "x" has no source]`,
    );
  });

  test("a write to what is no state, or of another type", () => {
    const { sources, state, feed } = setting();
    const [x, w] = [feed("x", [2]), state("w", [3])];
    expect(() => buildProgram({ sources, writes: [{ state: x, value: x }] })).toThrowErrorMatchingInlineSnapshot(
      `[Error: bug in glassnet: "x" is written but is no state]`,
    );
    expect(() => buildProgram({ sources, writes: [{ state: w, value: x }] })).toThrowErrorMatchingInlineSnapshot(
      `[Error: bug in glassnet: state "w" is f32[3], written with f32[2]]`,
    );
  });
});
