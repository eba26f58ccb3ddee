import { describe, expect, test } from "vitest";
import type { VjpTable } from "../src/autodiff/gradients.ts";
import { vjp } from "../src/autodiff/vjp.ts";
import type { ArrayData } from "../src/core/array.ts";
import { Rng } from "../src/core/random.ts";
import type { Value } from "../src/ir/graph.ts";
import type { PrimName } from "../src/ir/prim.ts";
import * as composite from "../src/ops/composite.ts";
import { tensor } from "../src/tensor/create.ts";
import * as t from "../src/tensor/functions.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import {
  expectClose,
  expectGradient,
  expectGraphGradient,
  GradientError,
  type GraphCheckOptions,
  type GraphFunction,
} from "../src/testing/index.ts";
import { type AnySample, samplesOf } from "./samples.ts";

/** @file Distrust the checker: it must notice each kind of wrong gradient, and leave right ones alone. */

const normal = (shape: readonly number[], seed = 1): ArrayData => Rng.seeded(seed).normal(shape, 0, 1, "f64");

function failureOf(f: GraphFunction, inputs: readonly ArrayData[], options: GraphCheckOptions): Error | undefined {
  try {
    expectGraphGradient(f, inputs, options);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

const primitive =
  ({ prim, attrs }: AnySample): GraphFunction =>
  (inputs, _, builder) =>
    builder.emit(prim, inputs as never, attrs as never);

/** Every gradient of one primitive times a factor. */
function scaled(prim: PrimName, factor: number): VjpTable {
  const rule = vjp[prim] as (typeof vjp)["concat"]; // any rule will do: what comes back is a list
  const wrong: typeof rule = (b, g, node) => rule(b, g, node).map((x) => (x === null ? null : b.mul(x, factor)));
  return { ...vjp, [prim]: wrong };
}

const withGradient = (Object.keys(vjp) as PrimName[]).filter((prim) =>
  samplesOf(prim).some(({ gradient }) => gradient !== false),
);
const flat: readonly PrimName[] = ["sign", "floor"]; // a factor of 0 is still 0

describe("a gradient that is 0.1 % too large is noticed", () => {
  test("with the facts that lead to it", () => {
    const options = { name: "exp", rules: scaled("exp", 1.001), seed: 7 };
    const error = failureOf(([x], b) => b.exp(x!), [normal([3])], options);
    expect(error).toBeInstanceOf(GradientError);
    expect((error as GradientError).facts).toMatchObject({ where: "exp", order: 1, operands: [0], seed: 7 });
    expect((error as GradientError).facts.relativeError).toBeCloseTo(0.001, 5);
    // The last digits are the machine's own.
    const message = error?.message.replaceAll(/(?<=: )-?\d\.\d{4}\d*/g, (x) => x.slice(0, 6)).replace(/±.*/, "± …");
    expect(message).toMatchInlineSnapshot(`
      "exp: the gradient differs from the numerical derivative
        analytic: -1.144
        numeric: -1.143 ± …
        relative error: 1.0e-3
        operands: 0
        seed: 7"
    `);
  });

  test.each(withGradient.filter((prim) => !flat.includes(prim)))("in %s", (prim) => {
    const rules = scaled(prim, 1.001);
    const caught = samplesOf(prim)
      .filter(({ gradient }) => gradient !== false)
      .map((sample) => failureOf(primitive(sample), sample.inputs, { rules, order: 1 }));
    expect(caught.some((error) => error instanceof GradientError)).toBe(true);
    expect(caught.every((error) => error === undefined || error instanceof GradientError)).toBe(true);
  });

  test("when only one operand of two is wrong, and the message says which", () => {
    const rules: VjpTable = {
      ...vjp,
      mul: (b, g, node) => {
        const [x, y] = vjp.mul(b, g, node);
        return [x, b.mul(y!, 1.001)];
      },
    };
    const error = failureOf(([x, y], b) => b.mul(x!, y!), [normal([4]), normal([4], 2)], { rules });
    expect((error as GradientError).facts.operands).toEqual([1]);
  });

  test("when it is one element of a thousand, a thousandth of whose gradient is wrong", () => {
    const spot = new Float64Array(1000).fill(1);
    spot[617] = 1.001;
    const rules: VjpTable = {
      ...vjp,
      tanh: (b, g, node) => vjp.tanh(b, b.mul(g, b.constant(spot, "f64", [1000])), node),
    };
    expect(failureOf(([x], b) => b.tanh(x!), [normal([1000])], { rules })).toBeInstanceOf(GradientError);
  });

  test("deep inside a composition", () => {
    const options = { rules: scaled("exp", 1.001) };
    expect(failureOf(([x], b) => composite.softmax(b, x!), [normal([3, 4])], options)).toBeInstanceOf(GradientError);
  });
});

describe("a transposed gradient of matmul is noticed", () => {
  const square = [normal([3, 3]), normal([3, 3], 2)];
  const matmul: GraphFunction = ([a, b], ops) => ops.matmul(a!, b!);

  test("although square matrices give it the right shape", () => {
    const rules: VjpTable = {
      ...vjp,
      matmul: (b, g, node) => vjp.matmul(b, g, node).map((x) => b.swapLast(x!)) as [Value, Value],
    };
    expect(failureOf(matmul, square, { rules })).toBeInstanceOf(GradientError);
  });

  test("and so is a factor that was not transposed", () => {
    const rules: VjpTable = {
      ...vjp,
      matmul: (b, g, { inputs: [x, y] }) => [b.matmul(g, y), b.matmul(b.swapLast(x), g)],
    };
    const error = failureOf(matmul, square, { rules });
    expect((error as GradientError).facts.operands).toEqual([0]);
  });
});

describe("a missing sum over broadcast axes is noticed", () => {
  const add: GraphFunction = ([x, y], b) => b.add(x!, y!);
  const inputs = [normal([4, 3]), normal([1, 3], 2)];

  test("when the shape is right but only one row is taken", () => {
    const rules: VjpTable = { ...vjp, add: (b, g) => [g, b.slice(g, [{ stop: 1 }])] };
    const error = failureOf(add, inputs, { rules });
    expect((error as GradientError).facts).toMatchObject({ order: 1, operands: [1] });
  });

  test("when the gradient keeps the stretched shape", () => {
    const rules: VjpTable = { ...vjp, add: (_, g) => [g, g] };
    expect(failureOf(add, inputs, { rules })?.message).toMatchInlineSnapshot(
      `"bug in glassnet: gradient of add is f64[4, 3] for an operand f64[1, 3]"`,
    );
  });
});

describe("the second order", () => {
  test("shows a gradient that is right but cannot be differentiated", () => {
    const rules: VjpTable = { ...vjp, sin: (b, g, { inputs: [x] }) => [b.mul(g, b.stopGradient(b.cos(x)))] };
    const sin: GraphFunction = ([x], b) => b.sin(x!);
    expect(failureOf(sin, [normal([3])], { rules, order: 1 })).toBeUndefined();
    expect((failureOf(sin, [normal([3])], { rules }) as GradientError).facts.order).toBe(2);
  });

  test("shows a gradient that is not linear in the cotangent", () => {
    const rules: VjpTable = { ...vjp, neg: (b, g) => [b.neg(b.add(g, b.sub(g, b.stopGradient(g))))] };
    expect(failureOf(([x], b) => b.neg(x!), [normal([3])], { rules, order: 1 })).toBeUndefined();
    expect(failureOf(([x], b) => b.neg(x!), [normal([3])], { rules })).toBeInstanceOf(GradientError);
  });

  test("goes on to the third if asked to", () => {
    expect(failureOf(([x], b) => b.tanh(x!), [normal([3])], { order: 3 })).toBeUndefined();
  });
});

describe("what is no derivative at all is noticed", () => {
  test("a gradient that is missing", () => {
    const rules: VjpTable = { ...vjp, exp: () => [null] };
    expect(failureOf(([x], b) => b.exp(x!), [normal([3])], { rules })).toBeInstanceOf(GradientError);
  });

  test("a gradient that is NaN", () => {
    const rules: VjpTable = { ...vjp, exp: (b, g) => [b.mul(g, Number.NaN)] };
    expect(failureOf(([x], b) => b.exp(x!), [normal([3])], { rules })).toBeInstanceOf(GradientError);
  });

  test("a kink", () => {
    const at0 = { dtype: "f64", shape: [1], data: new Float64Array(1) } as const;
    expect(failureOf(([x], b) => composite.relu(b, x!), [at0], { order: 1 })).toBeInstanceOf(GradientError);
    // Differences to both sides average the slopes, as the gradient of |x| at 0 does: only the second order tells.
    expect(failureOf(([x], b) => b.abs(x!), [at0], { order: 1 })).toBeUndefined();
    expect(failureOf(([x], b) => b.abs(x!), [at0], {})).toBeInstanceOf(GradientError);
  });
});

describe("right gradients pass, with 50 seeds", () => {
  const primitives: readonly PrimName[] = ["mul", "div", "pow", "exp", "log", "tanh", "erf", "prod", "max", "matmul"];
  test.each([...primitives, "conv2d", "maxPool", "scatterAdd", "dynamicUpdateSlice"] as const)("%s", (prim) => {
    for (const sample of samplesOf(prim).filter(({ gradient }) => gradient !== false)) {
      for (let seed = 0; seed < 50; seed++) {
        expectGraphGradient(primitive(sample), sample.inputs, { name: sample.title, seed, directions: 1 });
      }
    }
  });

  test("a small network with a loss", () => {
    const network: GraphFunction = ([x, w1, b1, w2], b) => {
      const hidden = b.tanh(b.add(b.matmul(x!, w1!), b1!)); // [5, 4]
      const logits = b.matmul(hidden, w2!); // [5, 3]
      return b.neg(composite.mean(b, composite.logSoftmax(b, logits)));
    };
    const inputs = [normal([5, 6]), normal([6, 4], 2), normal([4], 3), normal([4, 3], 4)];
    for (let seed = 0; seed < 50; seed++) expectGraphGradient(network, inputs, { seed, directions: 1 });
  });
});

describe("functions of tensors", () => {
  test("are checked in f64, whatever their operands are", () => {
    expectGradient(
      (x: Tensor, w: Tensor) => x.matmul(w).tanh().softmax(),
      [
        tensor([[0.1, 0.2]]),
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ],
    );
  });

  test("may have several results, and operands without a gradient", () => {
    const rows = (x: Tensor, indices: Tensor) => [t.gather(x, indices), x.mul(2), t.argmax(x)];
    expectGradient(rows, [
      tensor([
        [1, 2],
        [3, 4],
      ]),
      tensor([1, 1, 0], { dtype: "i32" }),
    ]);
  });

  test("show where their gradient is wrong", () => {
    const leaky = function leaky(x: Tensor) {
      return x.mul(x.stopGradient());
    };
    expect(() => expectGradient(leaky, [tensor([3])])).toThrow(
      /^leaky: the gradient differs from the numerical derivative/,
    );
  });
});

describe("expectClose", () => {
  test("takes tensors, arrays and nested numbers", () => {
    expectClose(tensor([1, 2]).mul(2), [2, 4], 0);
    expectClose(normal([2]), normal([2]), 0);
    expectClose(tensor(3), 3.0000001, 1e-6);
    expectClose([Number.NaN, Number.POSITIVE_INFINITY], [Number.NaN, Number.POSITIVE_INFINITY], 0);
    expectClose(tensor([1e-9]), [0], { absolute: 1e-8 });
  });

  test("lists what differs, and where", () => {
    const actual = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(() =>
      expectClose(
        actual,
        [
          [1, 2.1, 3],
          [0, 0, 0],
        ],
        { relative: 0.01 },
      ),
    ).toThrowErrorMatchingInlineSnapshot(`
      [Error: expectClose: 4 of 6 elements differ
        at [0, 1]: 2 where 2.1 was expected, off by 1.0e-1
        at [1, 0]: 4 where 0 was expected, off by 4.0e+0
        at [1, 1]: 5 where 0 was expected, off by 5.0e+0
        …]
    `);
    expect(() => expectClose([1, Number.NaN], [1, 2], 1)).toThrowErrorMatchingInlineSnapshot(`
      [Error: expectClose: 1 of 2 elements differ
        at [1]: NaN where 2 was expected, off by NaN]
    `);
    expect(() => expectClose([1, 2], [[1, 2]], 1)).toThrowErrorMatchingInlineSnapshot(
      "[Error: expectClose: shape [2] where [1, 2] was expected]",
    );
    expect(() => expectClose([1], [Number.POSITIVE_INFINITY], 1)).toThrowErrorMatchingInlineSnapshot(`
      [Error: expectClose: 1 of 1 elements differ
        at [0]: 1 where Infinity was expected, off by Infinity]
    `);
    expect(() => expectClose([1e-9], [0], { relative: 1 })).toThrowErrorMatchingInlineSnapshot(`
      [Error: expectClose: 1 of 1 elements differ
        at [0]: 1e-9 where 0 was expected, off by 1.0e-9]
    `);
  });
});
