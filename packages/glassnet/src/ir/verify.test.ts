import { describe, expect, test } from "vitest";
import { GraphError } from "../core/errors.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph, Value } from "./graph.ts";
import { verifyGraph } from "./verify.ts";

function setting() {
  const builder = new GraphBuilder(infer);
  const x = builder.input({ dtype: "f32", shape: [2, 3] }, "x");
  return { builder, b: new Ops(builder), x };
}

const changed = (value: Value, parts: object): Value => ({ ...value, ...parts }) as Value;

test("a graph as built is well formed, with inputs that nobody uses", () => {
  const { builder, b, x } = setting();
  const unused = builder.input({ dtype: "i32", shape: [] }, "unused");
  verifyGraph({ inputs: [x, unused], outputs: [b.sum(b.mul(x, 2)), x] }, infer);
  verifyGraph({ inputs: [], outputs: [] }, infer);
});

describe("the verifier names the pass and what it broke:", () => {
  const failureOf = (graph: Graph, after?: string): string => {
    try {
      verifyGraph(graph, infer, after);
    } catch (error) {
      expect(error).toBeInstanceOf(GraphError);
      return (error as Error).message;
    }
    throw new Error("the graph passed");
  };

  test("a type that the contract does not give", () => {
    const { b, x } = setting();
    const sum = changed(b.sum(x, { axes: 0 }), { shape: [2] });
    expect(failureOf({ inputs: [x], outputs: [sum] }, "folding")).toMatchInlineSnapshot(
      `"graph after folding: sum says f32[2], its contract says f32[3]"`,
    );
    const exp = changed(b.exp(x), { dtype: "f64" });
    expect(failureOf({ inputs: [x], outputs: [exp] }, "folding")).toMatchInlineSnapshot(
      `"graph after folding: exp says f64[2, 3], its contract says f32[2, 3]"`,
    );
  });

  test("operands that do not fit", () => {
    const { builder, b, x } = setting();
    const y = builder.input({ dtype: "f32", shape: [4] }, "y");
    const add = changed(b.add(x, x), { inputs: [x, y] });
    expect(failureOf({ inputs: [x, y], outputs: [b.neg(add)] }, "fusion")).toMatchInlineSnapshot(`
      "graph after fusion: add does not fit its operands: add: shapes do not broadcast: 3 and 4 at axis -1
        a: f32[2, 3]
        b: f32[4]"
    `);
  });

  test("an operand that was changed under a value, deep inside", () => {
    const { b, x } = setting();
    const inner = changed(b.exp(x), { shape: [3, 2] });
    const outer = changed(b.neg(x), { inputs: [inner], shape: [3, 2] });
    expect(failureOf({ inputs: [x], outputs: [outer] })).toMatchInlineSnapshot(
      `"graph after construction: exp says f32[3, 2], its contract says f32[2, 3]"`,
    );
  });

  test("an input that is not declared", () => {
    const { b, x } = setting();
    expect(failureOf({ inputs: [], outputs: [b.exp(x)] })).toMatchInlineSnapshot(
      `"graph after construction: input "x" is used but not declared"`,
    );
  });

  test("inputs that are declared twice, or share a name", () => {
    const { builder, x } = setting();
    expect(failureOf({ inputs: [x, x], outputs: [] })).toMatchInlineSnapshot(
      `"graph after construction: an input is declared twice"`,
    );
    const other = builder.input({ dtype: "f32", shape: [] }, "x");
    expect(failureOf({ inputs: [x, other], outputs: [] })).toMatchInlineSnapshot(
      `"graph after construction: two inputs are named "x""`,
    );
  });

  test("a constant without its elements, or with those of another dtype", () => {
    const { b } = setting();
    const constant = b.constant(Float32Array.of(1, 2), "f32", [2]);
    const short = changed(constant, { attrs: { ...constant.attrs, data: Float32Array.of(1) } });
    expect(failureOf({ inputs: [], outputs: [short] })).toMatchInlineSnapshot(
      `"graph after construction: a constant of type f32[2] holds a Float32Array of 1"`,
    );
    const other = changed(constant, { attrs: { ...constant.attrs, data: Int32Array.of(1, 2) } });
    expect(failureOf({ inputs: [], outputs: [other] })).toMatchInlineSnapshot(
      `"graph after construction: a constant of type f32[2] holds a Int32Array of 2"`,
    );
  });
});
