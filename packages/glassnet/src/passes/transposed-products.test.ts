import { describe, expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import type { Shape } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { graphFunction } from "../testing/graph-function.ts";
import { rewriteGraph } from "./rewrite.ts";
import { transposedProducts, transposeFactors } from "./transposed-products.ts";

const builder = new GraphBuilder(infer);
const b = new Ops<Value>(builder);
const enter = (name: string, shape: Shape): ValueOf<"input"> => builder.input({ dtype: "f32", shape }, name);
const [x, g] = [enter("x", [7, 5]), enter("g", [7, 3])];
const [many, one] = [enter("many", [2, 7, 5]), enter("one", [1, 5])];

const turned = (outputs: readonly Value[]): Value[] => {
  const found = transposedProducts(outputs);
  return rewriteGraph(outputs, (value, original) => (found.has(original) ? transposeFactors(value, b) : value));
};

describe("are turned, and give the same bits:", () => {
  test.each<[string, readonly ValueOf<"input">[], Value, string]>([
    ["a gradient of weights", [x, g], b.transpose(b.matmul(b.transpose(x), g)), "transpose matmul"],
    ["a transpose on the right", [x], b.swapLast(b.matmul(b.broadcast(x, [7, 5]), b.transpose(x))), "transpose matmul"],
    ["a batch", [many, g], b.swapLast(b.matmul(b.swapLast(many), g)), "transpose matmul"],
    ["a batch of one example", [one], b.transpose(b.matmul(b.transpose(one), one)), "transpose matmul"],
  ])("%s", (_, inputs, value) => {
    const [after] = turned([value]);
    verifyGraph({ inputs, outputs: [after!] }, infer, "turning");
    expect(after!.prim).toBe("matmul");
    const rng = Rng.seeded(1);
    const data = inputs.map(({ shape }) => rng.normal(shape).data);
    expect(graphFunction(inputs, [after!])(data)).toEqual(graphFunction(inputs, [value])(data));
  });
});

describe("are left alone:", () => {
  const product = b.matmul(b.transpose(x), g);
  test.each<[string, readonly Value[]]>([
    ["a product that is needed in both forms", [b.transpose(product), b.exp(product)]],
    ["a product that is an output itself", [b.transpose(product), product]],
    ["a product of which no factor is transposed", [b.transpose(b.matmul(x, b.broadcast(one, [5, 5])))]],
    ["axes that are moved otherwise", [b.transpose(b.matmul(b.swapLast(many), g), [1, 0, 2])]],
    ["what is no product", [b.transpose(b.exp(b.transpose(x)))]],
  ])("%s", (_, outputs) => {
    expect(transposedProducts(outputs).size).toBe(0);
  });
});

test("the factors of a product that was turned may be such products themselves", () => {
  const inner = b.transpose(b.matmul(b.transpose(x), g)); // [3, 5]
  const outer = b.transpose(b.matmul(b.transpose(g), b.matmul(g, inner)));
  expect(printGraph({ inputs: [x, g], outputs: turned([outer]) })).toMatchInlineSnapshot(`
    "%0: f32[7, 5] = input {name=x}
    %1: f32[7, 3] = input {name=g}
    %2: f32[3, 7] = transpose %1 {perm=[1, 0]}
    %3: f32[5, 7] = transpose %0 {perm=[1, 0]}
    %4: f32[7, 5] = transpose %3 {perm=[1, 0]}
    %5: f32[3, 5] = matmul %2 %4
    %6: f32[7, 5] = matmul %1 %5
    %7: f32[5, 7] = transpose %6 {perm=[1, 0]}
    %8: f32[3, 7] = transpose %1 {perm=[1, 0]}
    %9: f32[7, 3] = transpose %8 {perm=[1, 0]}
    %10: f32[5, 3] = matmul %7 %9
    return %10"
  `);
});
