import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsFor, networkOf, networkOptions } from "../../test/networks.ts";
import { Twice } from "../../test/own-layers.ts";
import { failureOf } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { binaryCrossEntropy } from "../loss/binary-cross-entropy.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanAbsoluteError } from "../loss/mean-absolute-error.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import type { Loss } from "../loss/reduction.ts";
import { dropout } from "../nn/dropout.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { fromArray, tensor } from "../tensor/create.ts";
import { relu, tanh } from "../tensor/functions.ts";
import { keyOf } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { backpropagation } from "./backpropagation.ts";
import { capture } from "./capture.ts";
import { checkGradient } from "./check-gradient.ts";
import { type Cell, openCell } from "./open-cell.ts";

const rng = Rng.seeded(17);
/** For what is compared bit by bit. */
const reference = openReference();

const losses: Readonly<Record<string, { loss: Loss; targets: (batch: number) => Tensor }>> = {
  crossEntropy: {
    loss: crossEntropy,
    targets: (batch) => fromArray(Rng.seeded(batch).integers([batch], 0, 3)),
  },
  binaryCrossEntropy: {
    loss: binaryCrossEntropy,
    targets: (batch) => fromArray(Rng.seeded(batch).uniform([batch, 3])),
  },
  meanSquaredError: { loss: meanSquaredError, targets: (batch) => fromArray(Rng.seeded(batch).normal([batch, 3])) },
  meanAbsoluteError: { loss: meanAbsoluteError, targets: (batch) => fromArray(Rng.seeded(batch).normal([batch, 3])) },
};

const cases = fc.record({
  options: networkOptions,
  loss: fc.constantFrom(...Object.keys(losses)),
  batch: fc.integer({ min: 1, max: 5 }),
  draw: fc.nat(10_000),
});

test("for every layer kind, activation and loss: the numbers are those of `capture`, and gradients those of finite differences", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ options, loss: name, batch, draw }) => {
      const network = networkOf(options);
      const x = inputsFor(network, batch, options.seed);
      const { loss, targets } = losses[name]!;
      const wanted = { loss, targets: targets(batch), device: reference };
      const found = await backpropagation(network.model, x, wanted);
      const run = await capture(network.model, x, wanted);
      expect(found.loss).toBe(await run.loss!.item());
      for (const call of found.calls) {
        const captured = run.layers.get(call.path)!;
        expect([...call.input.data]).toEqual([...(await captured.input.data())]);
        expect([...call.output.data]).toEqual([...(await captured.output.data())]);
        expect([...call.outputGrad.data]).toEqual([...(await captured.outputGrad!.data())]);
        for (const param of call.params) {
          expect([...param.grad]).toEqual([...(await run.paramGrads![param.path]!.data())]);
        }
      }
      expect([...found.inputGrad!.data]).toEqual([...(await run.inputGrad!.data())]);
      const params = found.calls.flatMap((call) => call.params);
      const param = params[draw % params.length]!;
      const index = draw % param.grad.length;
      const check = await checkGradient(network.model, x, { ...wanted, param: param.path, index });
      expect(check.agrees, `${network.name} ${name} ${param.path} ${index}`).toBe(true);
      expect(Math.abs(check.analytic - param.grad[index]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(check.analytic)));
    }),
    { numRuns: 60, seed: 5 },
  );
});

test("for every layer kind and loss: each cell of a linear layer is the sum that it is opened to", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ options, loss: name, batch, draw }) => {
      const network = networkOf(options);
      const x = inputsFor(network, batch, options.seed);
      const { loss, targets } = losses[name]!;
      const { calls } = await backpropagation(network.model, x, { loss, targets: targets(batch) });
      const linears = calls.filter(({ params }) => params.some((param) => param.name === "weight"));
      for (const call of linears) {
        const [units, features] = call.params[0]!.shape as [number, number];
        const [unit, index, example] = [draw % units, draw % features, draw % batch];
        const cells: Cell[] = [
          { of: "output", example, unit },
          { of: "inputGrad", example, index },
          { of: "weightGrad", unit, index },
          { of: "biasGrad", unit },
        ];
        for (const cell of cells) {
          const { terms, bias, sum, value, bound } = openCell(call, cell);
          expect(terms.reduce((total, { product }) => total + product, bias)).toBeCloseTo(sum, 10);
          for (const { left, right, product } of terms) expect(product).toBe(left * right);
          expect(Math.abs(sum - value), `${network.name} ${cell.of}`).toBeLessThanOrEqual(bound);
        }
      }
    }),
    { numRuns: 60, seed: 6 },
  );
});

describe("of a small network, by hand", () => {
  const layer = linear(2, 1, { rng });
  layer.weight.assign(tensor([[3, -2]]));
  layer.bias!.assign(tensor([1]));
  const x = tensor([
    [1, 2],
    [2, 0],
  ]); // outputs 0 and 7
  const targets = tensor([[1], [5]]);
  const run = () => backpropagation(sequential(layer), x, { loss: meanSquaredError, targets });

  test("forward, loss and every gradient", async () => {
    const { calls, loss, outputGrad, inputGrad } = await run();
    expect(loss).toBe((1 + 4) / 2);
    expect([...outputGrad.data]).toEqual([-1, 2]);
    expect([...inputGrad!.data]).toEqual([-3, 2, 6, -4]);
    const [call] = calls;
    expect([call!.path, call!.layer, call!.isRepeated]).toEqual(["layers.0", layer, false]);
    expect(call!.params.map(({ path, name, grad }) => [path, name, [...grad]])).toEqual([
      ["layers.0.weight", "weight", [3, -2]],
      ["layers.0.bias", "bias", [1]],
    ]);
  });

  test("its cells", async () => {
    const [call] = (await run()).calls;
    expect(openCell(call!, { of: "output", example: 1, unit: 0 })).toEqual({
      terms: [
        { index: 0, left: 3, right: 2, product: 6 },
        { index: 1, left: -2, right: 0, product: -0 },
      ],
      bias: 1,
      sum: 7,
      value: 7,
      bound: 3 * 2 ** -24 * 7,
    });
    const weight = openCell(call!, { of: "weightGrad", unit: 0, index: 0 });
    expect(weight.terms).toEqual([
      { index: 0, left: -1, right: 1, product: -1 },
      { index: 1, left: 2, right: 2, product: 4 },
    ]);
    expect([weight.sum, weight.value]).toEqual([3, 3]);
  });

  test("cells that there are not", async () => {
    const [call] = (await run()).calls;
    const failing = (cell: Cell) => failureOf(() => openCell(call!, cell));
    expect(await failing({ of: "output", unit: 1 })).toMatchInlineSnapshot(
      `"UsageError: openCell: unit must be 0 to 0, got 1"`,
    );
    expect(await failing({ of: "inputGrad", example: 2, index: 0 })).toMatchInlineSnapshot(
      `"UsageError: openCell: example must be 0 to 1, got 2"`,
    );
    expect(await failing({ of: "weightGrad", unit: 0, index: 0.5 })).toMatchInlineSnapshot(
      `"UsageError: openCell: index must be 0 to 1, got 0.5"`,
    );
    expect(await failing({ of: "bias" } as unknown as Cell)).toMatchInlineSnapshot(
      `"UsageError: openCell: unknown cell of "bias": expected "output", "inputGrad", "weightGrad" or "biasGrad""`,
    );
    const bare = await backpropagation(sequential(linear(2, 1, { rng, bias: false }), tanh), x, {
      loss: meanSquaredError,
      targets,
    });
    expect(await failureOf(() => openCell(bare.calls[0]!, { of: "biasGrad", unit: 0 }))).toMatchInlineSnapshot(
      `"UsageError: openCell: layer "layers.0" has no bias"`,
    );
    expect(await failureOf(() => openCell(bare.calls[1]!, { of: "output", unit: 0 }))).toMatchInlineSnapshot(
      `"UsageError: openCell: only linear layers have such sums, and "layers.1" is none"`,
    );
  });
});

test("in a chain each call hands back what arrives at the one before", async () => {
  const model = sequential(linear(3, 4, { rng }), tanh, dropout(0.5), linear(4, 2, { rng }));
  const x = fromArray(rng.normal([3, 3]));
  const targets = tensor([0, 1, 1], { dtype: "i32" });
  const { calls, inputGrad } = await backpropagation(model, x, { loss: crossEntropy, targets, device: reference });
  calls.slice(1).forEach((call, i) => {
    expect([...call.inputGrad!.data]).toEqual([...calls[i]!.outputGrad.data]);
  });
  expect([...calls[0]!.inputGrad!.data]).toEqual([...inputGrad!.data]);
});

test("a layer that is called twice has two calls, and gradients that sum over both", async () => {
  const model = new Twice();
  const x = tensor([[1, -2]]);
  const { calls } = await backpropagation(model, x, { loss: meanSquaredError, targets: tensor([[0, 0]]) });
  expect(calls.map(({ path, isRepeated }) => [path, isRepeated])).toEqual([
    ["inner", true],
    ["inner#2", true],
  ]);
  const each = calls.map((call) => [...call.outputGrad.data].map((delta) => delta * call.input.data[0]!));
  expect(calls[0]!.params[0]!.grad[0]).toBeCloseTo(each[0]![0]! + each[1]![0]!, 5);
  expect([...calls[1]!.inputGrad!.data]).toEqual([...calls[0]!.outputGrad.data]);
  expect(await failureOf(() => openCell(calls[0]!, { of: "weightGrad", unit: 0, index: 0 }))).toMatchInlineSnapshot(
    `"UsageError: openCell: layer "inner" is called more than once: its gradients sum over all calls"`,
  );
  expect(openCell(calls[1]!, { of: "output", unit: 1 }).terms).toHaveLength(2);
});

test("with a key, layers behave as in training: what dropout drops gets no gradient", async () => {
  const model = sequential(linear(3, 50, { rng }), relu, dropout(0.5), linear(50, 2, { rng }));
  const x = fromArray(rng.normal([1, 3]));
  const wanted = { loss: crossEntropy, targets: tensor([1], { dtype: "i32" }) };
  const inEvaluation = await backpropagation(model, x, wanted);
  const inTraining = await backpropagation(model, x, { ...wanted, key: keyOf(3, 0) });
  const zeros = ({ calls }: typeof inTraining) => [...calls[3]!.input.data].filter((value) => value === 0).length;
  expect(zeros(inTraining)).toBeGreaterThan(zeros(inEvaluation));
  const again = await backpropagation(model, x, { ...wanted, key: keyOf(3, 0) });
  expect([...again.calls[3]!.input.data]).toEqual([...inTraining.calls[3]!.input.data]);
});

test("a loss that is no single number", async () => {
  const model = sequential(linear(3, 2, { rng }));
  const loss: Loss = (output, targets) => crossEntropy(output, targets, { reduction: "none" });
  const x = fromArray(rng.normal([2, 3]));
  const failing = () => backpropagation(model, x, { loss, targets: tensor([0, 1], { dtype: "i32" }) });
  expect(await failureOf(failing)).toMatchInlineSnapshot(`
    "GraphError: backpropagation: the loss must be a single number, got f32[2]
      help: take the mean over the examples"
  `);
});
