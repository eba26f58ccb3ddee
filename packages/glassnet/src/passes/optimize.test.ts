import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff/gradients.ts";
import { runPrimitive } from "../backends/reference/kernels.ts";
import type { DType } from "../core/dtype.ts";
import { Rng } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import * as composite from "../ops/composite.ts";
import { Ops } from "../ops/operations.ts";
import { graphFunction } from "../testing/graph-function.ts";
import type { Evaluate } from "./fold-constants.ts";
import { optimize } from "./optimize.ts";

const evaluate: Evaluate = ({ prim, attrs }, operands) => runPrimitive(prim, operands as never, attrs as never).data;
const count = (outputs: readonly Value[]) => topologicalOrder<Value>(outputs).length;

function setting() {
  const builder = new GraphBuilder(infer);
  return { builder, b: new Ops<Value>(builder) };
}

test("rules, folding and merging work on what the others leave", () => {
  const { builder, b } = setting();
  const x = builder.input({ dtype: "f32", shape: [4, 3] }, "x");
  builder.scope = "layers.0";
  const scaled = b.mul(x, b.broadcast(b.div(b.scalar(6), 3), [4, 3])); // folding lets the factor be seen
  builder.scope = "layers.1";
  const other = b.mul(2, b.neg(b.neg(b.stopGradient(x)))); // rules make it the same product
  builder.scope = "";
  const mean = b.div(b.sum(b.sub(scaled, other), { axes: 1 }), 2);
  const outputs = optimize([mean, b.mul(other, b.pow(x, 0))], evaluate);
  verifyGraph({ inputs: [x], outputs }, infer, "optimizing");
  expect(printGraph({ inputs: [x], outputs })).toMatchInlineSnapshot(`
    "%0: f32[4, 3] = input {name=x}
    %1: f32[] = constant {data=[2]}  # layers.0
    %2: f32[4, 3] = mul %0 %1  # layers.0
    %3: f32[4, 3] = sub %2 %2
    %4: f32[4] = sum %3 {axes=[1], keepDims=false}
    %5: f32[] = constant {data=[0.5]}
    %6: f32[4] = mul %4 %5
    return %6, %2"
  `);
});

test("the gradient of a small network loses what the general rules left over", () => {
  const { builder, b } = setting();
  const enter = (name: string, shape: readonly number[]) => builder.input({ dtype: "f32", shape }, name);
  const [x, w, bias] = [enter("x", [1, 4]), enter("w", [3, 4]), enter("b", [3])];
  builder.scope = "layers.0";
  const y = composite.relu(b, b.add(b.matmul(x, b.transpose(w)), bias));
  builder.scope = "loss";
  const loss = b.div(b.sum(b.mul(y, y)), 4);
  builder.scope = "";
  const grads = gradients(builder, [loss], [b.scalar(1)], [w, bias]) as Value[];
  const outputs = optimize([loss, ...grads], evaluate);
  verifyGraph({ inputs: [x, w, bias], outputs }, infer, "optimizing");
  expect([count([loss, ...grads]), count(outputs)]).toMatchInlineSnapshot(`
    [
      28,
      20,
    ]
  `);
  expect(printGraph({ inputs: [x, w, bias], outputs })).toMatchInlineSnapshot(`
    "%0: f32[1, 4] = input {name=x}
    %1: f32[3, 4] = input {name=w}
    %2: f32[3] = input {name=b}
    %3: f32[4, 3] = transpose %1 {perm=[1, 0]}  # layers.0
    %4: f32[1, 3] = matmul %0 %3  # layers.0
    %5: f32[1, 3] = add %4 %2  # layers.0
    %6: f32[] = constant {data=[0]}  # layers.0
    %7: bool[1, 3] = le %5 %6  # layers.0
    %8: f32[1, 3] = where %7 %6 %5  # layers.0
    %9: f32[1, 3] = mul %8 %8  # loss
    %10: f32[] = sum %9 {axes=[0, 1], keepDims=false}  # loss
    %11: f32[] = constant {data=[0.25]}  # loss
    %12: f32[] = mul %10 %11  # loss
    %13: f32[1, 3] = mul %11 %8  # loss (gradient)
    %14: f32[1, 3] = add %13 %13  # loss (gradient)
    %15: f32[1, 3] = where %7 %6 %14  # layers.0 (gradient)
    %16: f32[3, 1] = reshape %15  # layers.0 (gradient)
    %17: f32[3, 4] = matmul %16 %0  # layers.0 (gradient)
    %18: f32[1, 3] = add %15 %6  # layers.0 (gradient)
    %19: f32[3] = reshape %18  # layers.0 (gradient)
    return %12, %17, %19"
  `);
});

test("inputs and outputs keep their places; an output that is an input stays it", () => {
  const { builder, b } = setting();
  const x = builder.input({ dtype: "f32", shape: [2] }, "x");
  const unused = builder.input({ dtype: "f32", shape: [2] }, "unused");
  const outputs = optimize([b.mul(x, 1), b.exp(x), unused, b.exp(x)], evaluate);
  expect(outputs.map(({ prim }) => prim)).toEqual(["input", "exp", "input", "exp"]);
  expect([outputs[0], outputs[2], outputs[3]]).toEqual([x, unused, outputs[1]]);
  expect(optimize([], evaluate)).toEqual([]);
});

test("chains that are deeper than the call stack are optimized in one sweep", () => {
  const { builder, b } = setting();
  const x = builder.input({ dtype: "f32", shape: [2] }, "x");
  let [nothing, something]: Value[] = [x, x];
  for (let i = 0; i < 50_000; i++) {
    nothing = b.neg(b.add(nothing!, -0));
    something = b.tanh(something!);
  }
  const outputs = optimize([nothing!, something!], evaluate);
  expect(outputs[0]).toBe(x);
  expect(count(outputs)).toBe(50_001);
});

/** Numbers at which algebra that is not exact shows it. */
const EDGES = [0, -0, 1, -1, 2, -0.5, 3, Number.NaN, 1 / 0, -1 / 0, 1e-45, 1e-38, 3e38, 300, 0.1];
const SHAPES: readonly Shape[] = [[], [1], [3], [2, 3], [1, 3], [2, 1], [2, 1, 3]];

/** A graph of random operations, among them those for which there are rules, and data for its inputs. */
function randomGraph(rng: Rng) {
  const { builder, b } = setting();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rng.next() * list.length)]!;
  const inputs: ValueOf<"input">[] = [];
  const data: Float32Array[] = [];
  for (const shape of SHAPES) {
    const size = sizeOf(shape);
    inputs.push(builder.input({ dtype: "f32", shape }, `x${inputs.length}`));
    data.push(Float32Array.from({ length: size }, () => pick(EDGES)));
  }
  const values: Value[] = [...inputs, ...EDGES.map((x) => b.scalar(x)), b.full([3], pick(EDGES))];
  const any = () => pick(values);
  const number = () => b.cast(any(), pick<DType>(["f32", "f32", "f32", "i32", "f64"]));
  const float = () => b.cast(any(), "f32");
  const bool = () => b.cast(any(), "bool");
  const axes = (x: Value) => x.shape.flatMap((_, axis) => (rng.next() < 0.5 ? [axis] : []));
  const reshaped = (x: Value): Value => {
    const ones = x.shape.filter((n) => n !== 1);
    return b.reshape(x, pick([x.shape, ones, [1, ...x.shape], [...x.shape, 1], [-1]]));
  };
  const makers: readonly (() => Value)[] = [
    () => b[pick(["neg", "abs", "sign"] as const)](number()),
    () => b[pick(["sqrt", "floor", "exp", "tanh"] as const)](float()),
    () => b[pick(["add", "sub", "mul", "maximum", "minimum", "mod"] as const)](number(), number()),
    () => b[pick(["add", "sub", "mul", "div", "pow"] as const)](float(), pick([0, -0, 1, -1, 2, 8, 0.25, 3, 1 / 0])),
    () => b[pick(["div", "pow"] as const)](float(), float()),
    () => b[pick(["eq", "lt", "le"] as const)](number(), number()),
    () => b[pick(["and", "or"] as const)](bool(), bool()),
    () => b.not(bool()),
    () => b.matmul(float(), b.transpose(float())),
    () => b.where(bool(), number(), number()),
    () => b.cast(any(), pick<DType>(["bool", "u8", "i32", "f32", "f64"])),
    () => b.stopGradient(any()),
    () => {
      const x = number();
      return b[pick(["sum", "prod", "max", "min"] as const)](x, { axes: axes(x), keepDims: rng.next() < 0.5 });
    },
    () => reshaped(any()),
    () => b.transpose(any()),
    () => {
      const x = any();
      return b.broadcast(x, [...pick([[], [2], [1]]), ...x.shape.map((n) => (n === 1 ? pick([1, 3]) : n))]);
    },
    () => {
      const x = any();
      return b.flip(x, axes(x));
    },
    () => {
      const x = any();
      return b.slice(
        x,
        x.shape.map(() => ({ start: pick([0, 0, 1]), step: pick([1, 2]) })),
      );
    },
    () => b.concat([b.reshape(any(), [-1]), b.reshape(any(), [-1])].slice(0, pick([1, 2]))),
  ];
  while (values.length < 80) {
    try {
      const value = pick(makers)();
      const size = sizeOf(value.shape);
      if (size > 0 && size <= 64 && value.shape.length <= 4) values.push(value);
    } catch {
      // operands that do not fit each other
    }
  }
  return { inputs, data, outputs: values.slice(-40) };
}

describe("random graphs", () => {
  const compute = (inputs: readonly ValueOf<"input">[], outputs: readonly Value[], data: readonly Float32Array[]) =>
    graphFunction(inputs, outputs)(data).map((result) => [...result]);

  test.each(Array.from({ length: 40 }, (_, i) => i))(
    "of seed %i give the same bits, and cannot be optimized again",
    (seed) => {
      const rng = Rng.seeded(seed);
      for (let i = 0; i < 10; i++) {
        const { inputs, data, outputs } = randomGraph(rng);
        const optimized = optimize(outputs, evaluate);
        verifyGraph({ inputs, outputs: optimized }, infer, "optimizing");
        expect(compute(inputs, optimized, data)).toEqual(compute(inputs, outputs, data)); // −0 is not 0
        expect(optimize(optimized, evaluate)).toEqual(optimized);
      }
    },
  );
});
