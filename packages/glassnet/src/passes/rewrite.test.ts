import { expect, test } from "vitest";
import { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value } from "../ir/graph.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { rewriteGraph } from "./rewrite.ts";

function setting() {
  const builder = new GraphBuilder(infer);
  return { b: new Ops<Value>(builder), x: builder.input({ dtype: "f32", shape: [2] }, "x") };
}

test("a value whose operands stay is itself; others get the new operands and keep type and scope", () => {
  const { b, x } = setting();
  const [exp, tanh] = [b.exp(x), b.tanh(x)];
  const sum = { ...b.add(exp, tanh), scope: "layers.0" };
  const [same] = rewriteGraph([sum], (value) => value);
  expect(same).toBe(sum);
  const [next, kept] = rewriteGraph([sum, tanh], (value) => (value === exp ? x : value));
  expect(next).toMatchObject({ prim: "add", dtype: "f32", shape: [2], scope: "layers.0" });
  expect(next!.inputs[0]).toBe(x);
  expect(next!.inputs[1]).toBe(tanh);
  expect(kept).toBe(tanh);
});

test("operands are rewritten before their users, each once, and inputs never", () => {
  const { b, x } = setting();
  const exp = b.exp(x);
  const seen: string[] = [];
  rewriteGraph([b.add(exp, b.neg(exp)), exp, x], (value) => {
    seen.push(value.prim);
    return value;
  });
  expect(seen).toEqual(["exp", "neg", "add"]);
});

test("what nothing needs after a rewrite is gone, with what only it needed", () => {
  const { b, x } = setting();
  const dear = b.matmul(b.reshape(b.exp(x), [2, 1]), b.reshape(b.tanh(x), [1, 2]));
  const total = b.sum(dear);
  const output = b.add(x, total);
  expect(topologicalOrder<Value>([output])).toHaveLength(8);
  const outputs = rewriteGraph([output], (value) => (value.prim === "sum" ? b.scalar(1) : value));
  expect(topologicalOrder<Value>(outputs).map(({ prim }) => prim)).toEqual(["input", "constant", "add"]);
});

test("a rewrite that changes a type is a bug", () => {
  const { b, x } = setting();
  const rewrite = (value: Value) => (value.prim === "exp" ? b.scalar(1) : value);
  expect(() => rewriteGraph([b.neg(b.exp(x))], rewrite)).toThrowErrorMatchingInlineSnapshot(
    "[Error: bug in glassnet: a rewrite of exp changed its type]",
  );
});

test("a chain of 100,000 is rewritten without overflowing the stack", () => {
  const { b, x } = setting();
  let top: Value = x;
  for (let i = 0; i < 100_000; i++) top = b.tanh(top);
  let count = 0;
  const rewrite = (value: Value) => {
    count++;
    return { ...value };
  };
  expect(rewriteGraph([top], rewrite)[0] === top).toBe(false);
  expect(count).toBe(100_000);
});
