import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../../ir/builder.ts";
import type { Value, ValueOf } from "../../ir/graph.ts";
import { infer } from "../../ops/all.ts";
import { Ops } from "../../ops/operations.ts";
import { buildProgram } from "../build.ts";
import type { Program, Source } from "../program.ts";
import { lowerProgram } from "./lower.ts";

/** @file Programs much longer than a training step. */

const builder = new GraphBuilder(infer);
const o = new Ops<Value>(builder);

function programOf(length: number, next: (y: Value, x: Value, i: number) => Value): Program {
  const input = builder.input({ dtype: "f32", shape: [16, 16] }, "x");
  const sources = new Map<ValueOf<"input">, Source>([[input, { kind: "feed", name: "x" }]]);
  const x = input as Value;
  let y = x;
  for (let i = 0; i < length; i++) y = next(y, x, i);
  return buildProgram({ sources, outputs: { y } });
}

describe("a long program", () => {
  test("of 10,000 elementwise operations becomes blocks of dozens each", () => {
    const { instructions } = lowerProgram(programOf(10_000, (y) => o.tanh(y)));
    expect(instructions.every(({ kernel }) => kernel === "block")).toBe(true);
    expect(instructions.length).toBeLessThan(10_000 / 40);
  });

  test("of 1,000 layers is one product with an epilogue each", () => {
    const { instructions } = lowerProgram(programOf(1000, (y, x) => o.add(o.tanh(o.matmul(y, x)), x)));
    expect(instructions.map(({ kernel }) => kernel)).toEqual(new Array(1000).fill("matmul"));
  });
});
