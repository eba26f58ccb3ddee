import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import { Rng } from "../../src/core/random.ts";
import { binaryCrossEntropy } from "../../src/loss/binary-cross-entropy.ts";
import { crossEntropy } from "../../src/loss/cross-entropy.ts";
import { meanAbsoluteError } from "../../src/loss/mean-absolute-error.ts";
import { meanSquaredError } from "../../src/loss/mean-squared-error.ts";
import type { Loss, Reduction } from "../../src/loss/reduction.ts";
import { type ActivationName, activation } from "../../src/nn/activation.ts";
import { dropout } from "../../src/nn/dropout.ts";
import { flatten } from "../../src/nn/flatten.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { linear } from "../../src/nn/linear.ts";
import { Sequential } from "../../src/nn/sequential.ts";
import type * as composite from "../../src/ops/composite.ts";
import { adam, adamW } from "../../src/optim/adam.ts";
import type { Optimizer, Slots } from "../../src/optim/optimizer.ts";
import { sgd } from "../../src/optim/sgd.ts";
import { computeSync } from "../../src/tensor/compute.ts";
import { fromData, scalar, tensor, zeros } from "../../src/tensor/create.ts";
import * as f from "../../src/tensor/functions.ts";
import { grad } from "../../src/tensor/grad.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { Param, paramsOf } from "../../src/tensor/variable.ts";
import { expectClose } from "../../src/testing/index.ts";

/**
 * @file Values that PyTorch and NumPy computed in f64, from inputs that f32 holds exactly; `make.py` made them. Where a
 * f64 does not fit into a f32, the f32 that is expected is the rounded one: an infinity or 0.
 */

type Float = "f32" | "f64";

interface Stored {
  readonly dtype: "f64" | "i32" | "bool";
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

interface Options {
  readonly [name: string]: unknown;
}

interface OperationCase {
  readonly op: string;
  readonly title: string;
  readonly options?: Options;
  readonly inputs: readonly Stored[];
  readonly outputs: readonly Stored[];
  readonly cotangents?: readonly Stored[];
  readonly grads?: readonly Stored[];
}

interface LayerCase {
  readonly title: string;
  readonly config: Options & { readonly kind: string };
  readonly params: Readonly<Record<string, Stored>>;
  readonly input: Stored;
  readonly output: Stored;
  readonly cotangent: Stored;
  readonly inputGrad: Stored;
  readonly paramGrads: Readonly<Record<string, Stored>>;
}

interface LossCase {
  readonly loss: string;
  readonly title: string;
  readonly reduction: Reduction;
  readonly output: Stored;
  readonly targets: Stored;
  readonly value: Stored;
  readonly cotangent: Stored;
  readonly grad: Stored;
}

interface OptimizerCase {
  readonly title: string;
  readonly optimizer: string;
  readonly options: Options;
  readonly learningRate: number;
  /** All parameters end to end, after each step. */
  readonly steps: readonly (readonly number[])[];
}

interface Problem {
  readonly x: Stored;
  readonly y: Stored;
  readonly start: Readonly<Record<string, Stored>>;
}

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), "utf8")) as T;

const operations = read<{ readonly cases: readonly OperationCase[] }>("operations").cases;
const layers = read<{ readonly cases: readonly LayerCase[] }>("layers").cases;
const losses = read<{ readonly cases: readonly LossCase[] }>("losses").cases;
const optimizers = read<{ readonly problem: Problem; readonly cases: readonly OptimizerCase[] }>("optimizers");

const precisions: readonly Float[] = ["f32", "f64"];

/** Of the expected value. f32 rounds at every operation, f64 differs from PyTorch in the order of sums. */
const relative: { readonly [D in Float]: number } = { f32: 1e-5, f64: 1e-10 };

/** A few roundings of 1, for results that are differences of larger terms; see `cancels`. */
const rounding: { readonly [D in Float]: number } = { f32: 4 * 2 ** -24, f64: 4 * 2 ** -53 };

function toTensor({ dtype, shape, data }: Stored, float: Float): Tensor {
  const type: DType = dtype === "f64" ? float : dtype;
  const numbers = data.map(Number);
  const arrays = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Uint8Array, u8: Uint8Array };
  return fromData(arrays[type].from(numbers), shape, { dtype: type });
}

/** The smallest numbers that have all their digits. */
const smallest: { readonly [D in Float]: number } = { f32: 2 ** -126, f64: 2 ** -1022 };

/** `terms` is the size of the terms that cancel; without it an element must be right however small it is. */
function expectGolden(actual: Tensor, expected: Stored, float: Float, terms = 0): void {
  const want = toTensor(expected, float);
  expect(actual.dtype).toBe(want.dtype);
  expectClose(actual, want, {
    relative: relative[float],
    absolute: Math.max(terms * rounding[float], smallest[float]),
  });
}

/** The size of the largest of some numbers, at least 1. */
const sizeOfTerms = (arrays: readonly Stored[]): number =>
  arrays
    .flatMap(({ data }) => data.map((x) => Math.abs(Number(x))))
    .reduce((most, x) => (Number.isFinite(x) ? Math.max(most, x) : most), 1);

describe("operations are PyTorch's", () => {
  type Compute = (x: readonly Tensor[], options: Options) => Tensor | readonly Tensor[];
  const on =
    (op: (x: Tensor, options: never) => Tensor | readonly Tensor[]): Compute =>
    ([x], options) =>
      op(x!, options as never);
  const onTwo =
    (op: (x: Tensor, y: Tensor, options: never) => Tensor): Compute =>
    ([x, y], options) =>
      op(x!, y!, options as never);

  const compositions: { readonly [C in keyof Omit<typeof composite, keyof typeof elsewhere>]: Compute } = {
    ne: onTwo(f.ne),
    gt: onTwo(f.gt),
    ge: onTwo(f.ge),
    square: on(f.square),
    reciprocal: on(f.reciprocal),
    ceil: on(f.ceil),
    clip: on((x, { low, high }: { low: number; high: number }) => f.clip(x, low, high)),
    log1p: on(f.log1p),
    expm1: on(f.expm1),
    sigmoid: on(f.sigmoid),
    softplus: on(f.softplus),
    relu: on(f.relu),
    leakyRelu: on((x, { slope }: { slope?: number }) => f.leakyRelu(x, slope)),
    elu: on((x, { alpha }: { alpha?: number }) => f.elu(x, alpha)),
    silu: on(f.silu),
    gelu: on((x, { form }: { form: "erf" | "tanh" }) => f.gelu(x, form)),
    mean: on(f.mean),
    variance: on(f.variance),
    std: on(f.std),
    norm: on(f.norm),
    logSumExp: on(f.logSumExp),
    softmax: on((x, { axis }: { axis?: number }) => f.softmax(x, axis)),
    logSoftmax: on((x, { axis }: { axis?: number }) => f.logSoftmax(x, axis)),
    layerNorm: ([x, scale, shift], options) => f.layerNorm(x!, { ...options, scale, shift }),
    oneHot: on((x, { classes }: { classes: number }) => f.oneHot(x, classes, "i32")),
    stack: (x, { axis }) => f.stack(x, axis as number | undefined),
    split: on((x, { parts, axis }: { parts: number | readonly number[]; axis: number }) => f.split(x, parts, axis)),
    sort: on(f.sort),
    topK: on((x, { k, axis }: { k: number; axis?: number }) => {
      const { values, indices } = f.topK(x, k, axis);
      return [values, indices];
    }),
    argmin: on(f.argmin),
    avgPool: on(f.avgPool),
  };
  /** Compositions that PyTorch cannot judge. */
  const elsewhere = { randomUniform: "its bits are our own; see random.test.ts" } as const satisfies Partial<
    Record<keyof typeof composite, string>
  >;
  const primitives: Readonly<Record<string, Compute>> = {
    erf: on(f.erf),
    tanh: on(f.tanh),
    mod: onTwo(f.mod),
    max: on(f.max),
    min: on(f.min),
    maximum: onTwo(f.maximum),
    minimum: onTwo(f.minimum),
    prod: on(f.prod),
    argmax: on(f.argmax),
    argsort: on(f.argsort),
    gather: onTwo((x, i, { axis }: { axis: number }) => f.gather(x, i, axis)),
    gatherElements: onTwo((x, i, { axis }: { axis: number }) => f.gatherElements(x, i, axis)),
    scatterAdd: ([x, i, updates], { axis }) => f.scatterAdd(x!, i!, updates!, axis as number),
    matmul: onTwo(f.matmul),
    conv2d: onTwo(f.conv2d),
    maxPool: on(f.maxPool),
  };
  const compute: Readonly<Record<string, Compute>> = { ...compositions, ...primitives };

  /** Where small results are differences of larger terms, so that they are only as sure as these. */
  const cancels: Readonly<Record<string, string>> = {
    gelu: "1 + erf, and 1 + tanh, are small where x is far below 0",
    tanh: "its slope 1 − tanh² is small where |x| is large",
  };

  const run = (c: OperationCase, inputs: readonly Tensor[]): readonly Tensor[] => {
    const outputs = compute[c.op]!(inputs, c.options ?? {});
    return Array.isArray(outputs) ? (outputs as readonly Tensor[]) : [outputs as Tensor];
  };

  const rows = operations.flatMap((c) => precisions.map((float) => ({ ...c, float })));
  type Row = (typeof rows)[number];

  function expectOutputs({ float, ...c }: Row, terms: number): void {
    const outputs = run(
      c,
      c.inputs.map((x) => toTensor(x, float)),
    );
    expect(outputs).toHaveLength(c.outputs.length);
    for (const [i, expected] of c.outputs.entries()) expectGolden(outputs[i]!, expected, float, terms);
  }

  function expectGrads({ float, ...c }: Row, terms: number): void {
    const inputs = c.inputs.map((x) => toTensor(x, float));
    const cotangents = c.cotangents!.map((x) => toTensor(x, float));
    const loss = (moved: readonly Tensor[]): Tensor => {
      const left = [...moved];
      const outputs = run(
        c,
        inputs.map((x) => (x.dtype === float ? left.shift()! : x)),
      );
      const floats = outputs.filter(({ dtype }) => dtype === float);
      return floats.map((y, i) => y.mul(cotangents[i]!).sum()).reduce((a, b) => a.add(b));
    };
    const grads = grad(loss)(inputs.filter(({ dtype }) => dtype === float));
    for (const [i, expected] of c.grads!.entries()) expectGolden(grads[i]!, expected, float, terms);
  }

  const outputTerms = (c: Row) => (c.op in cancels ? sizeOfTerms([...c.inputs, ...c.outputs]) : 0);
  const gradTerms = (c: Row) => (c.op in cancels ? sizeOfTerms([...c.cotangents!, ...c.grads!]) : 0);
  const smooth = rows.filter(({ cotangents }) => cotangents !== undefined);

  test.each(rows)("$op in $float: $title", (row) => {
    expectOutputs(row, outputTerms(row));
  });

  test.each(smooth)("gradient of $op in $float: $title", (row) => {
    expectGrads(row, gradTerms(row));
  });

  test("cancellation is allowed for only where a result is wrong without it", () => {
    const fails = (check: () => void) => {
      try {
        check();
        return false;
      } catch {
        return true;
      }
    };
    const needing = [
      ...rows.filter((row) => fails(() => expectOutputs(row, 0))),
      ...smooth.filter((row) => fails(() => expectGrads(row, 0))),
    ];
    expect(new Set(needing.map(({ op }) => op))).toEqual(new Set(Object.keys(cancels)));
  });

  test("every composition and every listed primitive has values", () => {
    const present = new Set(operations.map(({ op }) => op));
    expect(Object.keys(compute).filter((op) => !present.has(op))).toEqual([]);
    expect([...present].filter((op) => !(op in compute))).toEqual([]);
  });
});

describe("differences from PyTorch are on purpose:", () => {
  test("the slope of clip at a bound is 1/2, that of maximum and minimum at equal operands; PyTorch has 1 there", () => {
    const slope = grad((x: Tensor) => f.clip(x, -1, 1).sum())(tensor([-2, -1, 0, 1, 2]));
    expect(slope.toArraySync()).toEqual([0, 0.5, 1, 0.5, 0]);
  });

  test("beside a logit of infinity softmax is NaN there and 0 elsewhere; PyTorch has NaN everywhere", () => {
    const logits = tensor([Number.POSITIVE_INFINITY, 0]);
    expect(f.softmax(logits).toArraySync()).toEqual([Number.NaN, 0]);
    expect(f.logSoftmax(logits).toArraySync()).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  test("the mean of cross-entropies is over all examples, also with probabilities and more axes; PyTorch's is over the first axis", () => {
    const [logits, targets] = [zeros([2, 3, 4]), zeros([2, 3, 4]).add(0.25)];
    expectClose(crossEntropy(logits, targets), Math.log(4), 1e-6);
  });
});

describe("layers are PyTorch's", () => {
  const rng = Rng.seeded(0);
  const make: Readonly<Record<string, (config: never) => Layer>> = {
    linear: ({ inFeatures, outFeatures, bias }: { inFeatures: number; outFeatures: number; bias: boolean }) =>
      linear(inFeatures, outFeatures, { bias, rng }),
    activation: ({ name }: { name: ActivationName }) => activation(name),
    dropout: ({ rate }: { rate: number }) => dropout(rate),
    flatten: () => flatten(),
    sequential: ({ layers: parts }: { layers: readonly LayerCase["config"][] }) => new Sequential(parts.map(build)),
  };
  const build = (config: LayerCase["config"]): Layer => make[config.kind]!(config as never);

  /** A layer of that precision with the parameters of the case. */
  function layerOf({ config, params }: LayerCase, float: Float): Layer {
    const layer = build(config);
    for (const [path, value] of Object.entries(params)) replace(layer, path, new Param(toTensor(value, float)));
    return layer;
  }

  /** Layers start in f32, and a parameter keeps its dtype; in f64 the field itself takes another parameter. */
  function replace(layer: Layer, path: string, param: Param): void {
    const keys = path.split(".");
    const last = keys.pop()!;
    const owner = keys.reduce((part, key) => (part as Record<string, unknown>)[key], layer as unknown);
    (owner as Record<string, unknown>)[last] = param;
  }

  const rows = layers.flatMap((c) => precisions.map((float) => ({ ...c, float })));

  test.each(rows)("$title, in $float", ({ float, ...c }) => {
    const layer = layerOf(c, float);
    expect(layer.config()).toMatchObject(c.config);
    expect([...paramsOf(layer).keys()]).toEqual(Object.keys(c.params));
    const x = toTensor(c.input, float);
    expectGolden(layer.call(x), c.output, float, 1);
    const cotangent = toTensor(c.cotangent, float);
    const loss = (input: Tensor, wrt: Layer) => wrt.call(input).mul(cotangent).sum();
    expectGolden(grad(loss)(x, layer), c.inputGrad, float, sizeOfTerms([c.cotangent, c.inputGrad]));
    const grads = grad((wrt: Layer) => loss(x, wrt))(layer);
    expect(Object.keys(grads)).toEqual(Object.keys(c.paramGrads));
    for (const [path, expected] of Object.entries(c.paramGrads)) {
      expectGolden(grads[path]!, expected, float, sizeOfTerms([c.cotangent, expected]));
    }
  });
});

describe("losses are PyTorch's", () => {
  const functions: Readonly<Record<string, Loss>> = {
    crossEntropy,
    binaryCrossEntropy,
    meanSquaredError,
    meanAbsoluteError,
  };
  const rows = losses.flatMap((c) => precisions.map((float) => ({ ...c, float })));

  test.each(rows)("$loss of $title: $reduction, in $float", ({ float, ...c }) => {
    const [output, targets] = [toTensor(c.output, float), toTensor(c.targets, float)];
    const loss = (z: Tensor) => functions[c.loss]!(z, targets, { reduction: c.reduction });
    expectGolden(loss(output), c.value, float, sizeOfTerms([c.output]));
    const cotangent = toTensor(c.cotangent, float);
    const gradient = grad((z: Tensor) => loss(z).mul(cotangent).sum())(output);
    expectGolden(gradient, c.grad, float, sizeOfTerms([c.cotangent]));
  });

  test("every loss has values for each reduction", () => {
    const missing = Object.keys(functions).flatMap((loss) =>
      (["mean", "sum", "none"] as const).filter((r) => !losses.some((c) => c.loss === loss && c.reduction === r)),
    );
    expect(missing).toEqual([]);
  });
});

describe("optimizers go where PyTorch's go", () => {
  const rules: Readonly<Record<string, (options: Options) => Optimizer>> = { sgd, adam, adamW };

  type Weights = Readonly<Record<string, Tensor>>;

  test.each(optimizers.cases.flatMap((c) => precisions.map((float) => ({ ...c, float }))))(
    "$title: 20 steps in $float",
    ({ optimizer, options, learningRate, steps, float }) => {
      const [x, y] = [toTensor(optimizers.problem.x, float), toTensor(optimizers.problem.y, float)];
      const loss = ({ w1, b1, w2, b2 }: Weights): Tensor => {
        const hidden = f.matmul(x, f.transpose(w1!)).add(b1!).tanh(); // [6, 3]
        return meanSquaredError(hidden.matmul(f.transpose(w2!)).add(b2!), y);
      };
      const rule = rules[optimizer]!(options);
      const start = Object.entries(optimizers.problem.start);
      let weights: Weights = Object.fromEntries(start.map(([name, value]) => [name, toTensor(value, float)]));
      let slots: Record<string, Slots> = Object.fromEntries(
        Object.entries(weights).map(([name, { dtype, shape }]) => [
          name,
          Object.fromEntries(rule.slots.map((slot) => [slot, zeros(shape, { dtype })])),
        ]),
      );
      for (const [i, expected] of steps.entries()) {
        const grads = grad(loss)(weights);
        const row = Object.entries(rule.scalars(i + 1, learningRate));
        const scalars = Object.fromEntries(row.map(([name, value]) => [name, scalar(value, { dtype: float })]));
        const updated = Object.entries(weights).map(
          ([name, w]) => [name, ...rule.update(w, grads[name]!, slots[name]!, scalars)] as const,
        );
        weights = Object.fromEntries(updated.map(([name, w]) => [name, w]));
        slots = Object.fromEntries(updated.map(([name, , next]) => [name, next]));
        computeSync([...Object.values(weights), ...Object.values(slots).flatMap((s) => Object.values(s))]);
        const got = f.concat(Object.values(weights).map((w) => w.reshape([-1])));
        // Parameters near 0 are sums of steps, each of the size of the learning rate.
        expectGolden(got, { dtype: "f64", shape: [expected.length], data: expected }, float, 1);
      }
    },
  );
});
