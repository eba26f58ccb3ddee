import { describe, expect, test } from "vitest";
import { bitsOf, clouds, failureOf, network, runToEnd } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { type Dataset, dataset } from "../data/dataset.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { meanSquaredError } from "../loss/mean-squared-error.ts";
import { accuracy } from "../metric/accuracy.ts";
import { activation } from "../nn/activation.ts";
import * as init from "../nn/initializer.ts";
import type { Layer } from "../nn/layer.ts";
import { type LinearOptions, linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { adamW } from "../optim/adam.ts";
import { sgd } from "../optim/sgd.ts";
import { fromArray, full } from "../tensor/create.ts";
import { relu, sigmoid, tanh } from "../tensor/functions.ts";
import { valueAndGrad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { paramsOf } from "../tensor/variable.ts";
import { type DoctorOptions, doctor, observe } from "./doctor.ts";
import { type FaultName, faultNames } from "./finding.ts";
import { train } from "./train.ts";

const data = clouds(300);
const loss = crossEntropy;

const faultsOf = async (model: Layer, options: Partial<DoctorOptions> = {}, on: Dataset = data): Promise<FaultName[]> =>
  (await doctor(model, on, { loss, ...options })).findings.map(({ fault }) => fault);

/** 2 → 6 → 3 with a bias, or weights, of one's own. */
function filled(value: number, which: "biasInit" | "weightInit", rng = Rng.seeded(3)): LinearOptions {
  return { rng, [which]: (shape: readonly number[]) => full(shape, value) };
}

/** Normal start values, so many times as large. */
const normal =
  (size: number) =>
  (shape: readonly number[], rng: Rng): Tensor => {
    const numbers = rng.normal(shape);
    return fromArray({ ...numbers, data: numbers.data.map((x) => size * x) });
  };

const lengthOf = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x));

describe("a checkup", () => {
  test("finds nothing wrong with a small network that learns well", async () => {
    const rng = Rng.seeded(1);
    const model = sequential(linear(2, 16, { rng }), relu, linear(16, 3, { rng }));
    expect(await faultsOf(model)).toEqual([]);
    const { epochs, losses } = await runToEnd(
      train(model, data, {
        loss,
        epochs: 6,
        empiricalLoss: "epoch",
        learningRate: 5e-3,
        metrics: { accuracy },
        validation: clouds(200, 9),
      }),
    );
    const steps = losses.length;
    expect(await faultsOf(model, { epochs, steps, initialLoss: losses[0]!, learningRate: 5e-3 })).toEqual([]);
  });

  test("measures gradients as they are", async () => {
    const model = network({ dtype: "f64" });
    const exact = dataset({
      name: "exact",
      inputs: { ...data.inputs, dtype: "f64", data: Float64Array.from(data.inputs.data) },
      targets: data.targets,
      classNames: data.classNames!,
    });
    const { params, loss: value } = await doctor(model, exact, { loss, rows: 300 });
    const byHand = valueAndGrad((m: Layer) => loss(m.call(fromArray(exact.inputs)), fromArray(exact.targets)))(model);
    expect(value).toBeCloseTo(await byHand.value.item(), 12);
    for (const { path, gradNorm, norm } of params) {
      expect(gradNorm).toBeCloseTo(lengthOf(await byHand.grads[path]!.data()), 12);
      expect(norm).toBeCloseTo(lengthOf(await paramsOf(model).get(path)!.value.data()), 12);
    }
  });

  test("foretells the update that the next step makes, from the optimizer's own memory", async () => {
    const model = network();
    const rule = { loss, optimizer: adamW(), learningRate: 0.01 };
    const training = train(model, data, { ...rule, batchSize: data.size, epochs: 4 });
    const valuesOf = () =>
      new Map([...paramsOf(model)].map(([path, { value }]) => [path, Float32Array.from(value.stored!)]));
    let expected: Awaited<ReturnType<typeof doctor>> | undefined;
    let before = valuesOf();
    for await (const event of training) {
      if (event.kind !== "epoch") continue;
      if (event.epoch === 3) {
        const { slots, step } = await training.snapshot();
        before = valuesOf();
        expected = await doctor(model, data, { ...rule, slots, steps: step, rows: data.size });
      }
    }
    const after = valuesOf();
    for (const { path, updateNorm, updateRatio, norm } of expected!.params) {
      const change = after.get(path)!.map((w, i) => w - before.get(path)![i]!);
      expect(updateNorm / lengthOf(change)).toBeCloseTo(1, 3);
      expect(updateRatio).toBe(updateNorm / norm);
    }
  });

  test("is made ready once for many, and sees the weights of each moment", async () => {
    const model = network();
    const health = await observe(model, data, { loss });
    const before = await health.checkup();
    await runToEnd(train(model, data, { loss, epochs: 2 }));
    const after = await health.checkup({ steps: 20 });
    await health.release();
    expect(after.loss).toBeLessThan(before.loss);
    expect(after).toEqual(await doctor(model, data, { loss, steps: 20 }));
  });

  test("changes nothing", async () => {
    const model = network();
    const before = bitsOf(model);
    await doctor(model, data, { loss });
    expect(bitsOf(model)).toBe(before);
  });

  test("says which numbers it is made of, and what to do", async () => {
    const { findings } = await doctor(network(), data, { loss, initialLoss: 9, steps: 5 });
    expect(findings).toEqual([
      {
        fault: "initial-loss",
        severity: "fault",
        facts: { loss: 9, expected: Math.log(3), classes: 3 },
        message: "the loss of the start values is 9; who knows nothing of 3 classes has ln 3 = 1.1",
        advice:
          "the network is sure of itself before it has learned: take smaller start values in the last layer, or scale the inputs",
      },
    ]);
  });

  test("refuses options that cannot be, and a model without parameters", async () => {
    const model = network();
    expect(await failureOf(() => doctor(model, data, { loss, rows: 0 }))).toContain("rows");
    expect(await failureOf(() => doctor(model, data, { loss, learningRate: Number.NaN }))).toContain("learningRate");
    expect(await failureOf(() => doctor(activation("relu"), data, { loss }))).toContain(
      "the model has no parameters to train",
    );
  });
});

describe("it names", () => {
  const found = new Set<FaultName>();
  const expectFault = async (
    fault: FaultName,
    model: Layer,
    options: Partial<DoctorOptions> = {},
    on: Dataset = data,
  ) => {
    const { findings } = await doctor(model, on, { loss, ...options });
    const named = findings.find((finding) => finding.fault === fault);
    expect(findings.map((finding) => finding.fault)).toContain(fault);
    expect(named!.message).not.toMatch(/undefined|NaN [^o]/);
    expect(named!.advice.length).toBeGreaterThan(10);
    found.add(fault);
    return named!;
  };
  const rng = () => Rng.seeded(4);

  test("weights that are not finite", async () => {
    const model = sequential(linear(2, 4, filled(Number.NaN, "weightInit")), relu, linear(4, 3, { rng: rng() }));
    expect((await expectFault("not-finite", model)).message).toBe("layers.0.weight is NaN or infinite");
  });

  test("a training that diverged", async () => {
    const { end } = await runToEnd(train(network(), data, { loss, optimizer: sgd(), learningRate: 1e30, epochs: 2 }));
    const { message } = await expectFault("diverged", network(), { divergence: end.divergence });
    expect(message).toContain(end.divergence!.layer);
  });

  test("dead units", async () => {
    const model = sequential(linear(2, 8, filled(-100, "biasInit")), relu, linear(8, 3, { rng: rng() }));
    const { message, severity } = await expectFault("dead-units", model);
    expect(message).toBe("8 of 8 units of layers.1 are off for all of 256 examples: no gradient comes through them");
    expect(severity).toBe("fault");
  });

  test("saturated units", async () => {
    const model = sequential(linear(2, 8, filled(50, "biasInit")), sigmoid, linear(8, 3, { rng: rng() }));
    const { units } = await doctor(model, data, { loss });
    expect(units[0]).toMatchObject({ path: "layers.1", units: 8, dead: [], saturated: [0, 1, 2, 3, 4, 5, 6, 7] });
    await expectFault("saturated-units", model);
  });

  test("weights without a gradient", async () => {
    const zeros = { rng: rng(), weightInit: init.zeros() };
    const model = sequential(linear(2, 8, zeros), tanh, linear(8, 3, zeros));
    await expectFault("no-gradient", model);
  });

  test("a gradient that vanishes", async () => {
    const stream = rng();
    const deep = Array.from({ length: 9 }, () => [linear(8, 8, { rng: stream }), activation("sigmoid")]).flat();
    const model = sequential(linear(2, 8, { rng: stream }), sigmoid, ...deep, linear(8, 3, { rng: stream }));
    expect((await expectFault("vanishing-gradient", model)).message).toContain("layers.0.weight");
  });

  test("a gradient that explodes, and updates that are too large", async () => {
    const wide = { rng: rng(), weightInit: normal(300) };
    const model = sequential(linear(2, 8, wide), relu, linear(8, 3, wide));
    await expectFault("exploding-gradient", model);
    await expectFault("large-updates", model, { optimizer: sgd(), learningRate: 1 });
  });

  test("updates that are too small", async () => {
    await expectFault("small-updates", network(), { optimizer: sgd(), learningRate: 1e-9 });
  });

  test("start values that are sure of themselves, and others that know the answers", async () => {
    const sure = { rng: rng(), weightInit: normal(30) };
    const model = sequential(linear(2, 8, { rng: rng() }), relu, linear(8, 3, sure));
    expect((await expectFault("initial-loss", model)).message).toContain("ln 3 = 1.1");
    const knowing = await expectFault("initial-loss", network(), { initialLoss: 0.1 });
    expect(knowing.advice).toContain("among the inputs");
  });

  test("a network that learns nothing", async () => {
    const epochs = [{ epoch: 1, training: { loss: 1.098 } }];
    await expectFault("not-learning", network(), { epochs, steps: 60 });
    expect(await faultsOf(network(), { epochs, steps: 10 })).not.toContain("not-learning"); // too early to tell
  });

  test("a gap between training and validation, by accuracy or by loss", async () => {
    const scored = (loss: number, right: number) => ({ loss, accuracy: right });
    const epochs = [{ epoch: 4, training: scored(0.1, 0.99), validation: scored(0.5, 0.8) }];
    expect((await expectFault("overfitting", network(), { epochs })).message).toBe(
      "accuracy is 99% on the training set and 80% on the validation set",
    );
    const values = dataset({
      name: "values",
      inputs: data.inputs,
      targets: { dtype: "f32", shape: [300, 3], data: new Float32Array(900).map((_, i) => i % 7) },
    });
    const byLoss = [{ epoch: 2, training: { loss: 0.1 }, validation: { loss: 0.5 } }];
    await expectFault("overfitting", network(), { epochs: byLoss, loss: meanSquaredError }, values);
  });

  test("a validation loss that rises", async () => {
    const epochs = [0.5, 0.4, 0.45, 0.6].map((loss, i) => ({ epoch: i + 1, validation: { loss } }));
    expect((await expectFault("validation-rising", network(), { epochs })).facts).toEqual({
      least: 0.4,
      epoch: 2,
      now: 0.6,
    });
  });

  test("inputs that are always the same, or of an odd size", async () => {
    const inputs = Array.from({ length: 60 }, (_, i) => [5000 + i, 7, i % 3]);
    const odd = dataset({ name: "odd", inputs, targets: inputs.map((_, i) => i % 3), classNames: ["a", "b", "c"] });
    const model = sequential(linear(3, 3, { rng: rng() }));
    expect((await expectFault("constant-features", model, {}, odd)).message).toBe(
      "1 of 3 inputs are the same in every example",
    );
    expect((await doctor(model, odd, { loss })).data.constantFeatures).toEqual([1]);
    await expectFault("unscaled-features", model, {}, odd);
  });

  test("classes that are rare, or have no example", async () => {
    const rows = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    const of = (labels: number[]) =>
      dataset({ name: "rare", inputs: rows, targets: labels, classNames: ["a", "b", "c"] });
    const rare = await expectFault("class-imbalance", network(), {}, of(rows.map((_, i) => (i < 5 ? 2 : i % 2))));
    expect(rare.message).toBe('the class "c" has 5 examples, "b" has 23');
    const missing = await expectFault("class-imbalance", network(), {}, of(rows.map((_, i) => i % 2)));
    expect(missing).toMatchObject({ severity: "fault", facts: { rare: "c", rareCount: 0 } });
  });

  test("everything on its list", () => {
    expect([...found].sort()).toEqual([...faultNames].sort());
  });
});
