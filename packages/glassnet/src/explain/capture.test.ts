import { describe, expect, test } from "vitest";
import { Twice } from "../../test/own-layers.ts";
import { clouds, network } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { Rng } from "../core/random.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { computeSync } from "../tensor/compute.ts";
import { fromArray } from "../tensor/create.ts";
import { relu, tanh } from "../tensor/functions.ts";
import { valueAndGrad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { variablesOf } from "../tensor/variable.ts";
import { expectClose } from "../testing/expect-close.ts";
import { capture } from "./capture.ts";

const rng = Rng.seeded(6);
const x = fromArray(rng.normal([5, 2]));
const targets = fromArray(rng.integers([5], 0, 3));
/** What is compared bit by bit is computed on the same device, one primitive after the other. */
const device = openReference();
const numbers = (tensor: Tensor) => {
  computeSync([tensor], { device });
  return [...tensor.dataSync()];
};

/** A layer inside a container inside a container, and a container with a formula of its own. */
class Residual extends Layer<number, "same"> {
  readonly inner = sequential(linear(4, 4, { rng }), tanh);

  protected override forward(input: Tensor, run: Run): Tensor {
    return input.add(this.inner.call(input, run));
  }

  override config(): LayerConfig {
    return { kind: "residual" };
  }
}

const nested = sequential(linear(2, 4, { rng }), sequential(relu, new Residual()), linear(4, 3, { rng }));

describe("capture", () => {
  test("holds input and output of every layer, containers after what they hold", async () => {
    const { layers, output } = await capture(nested, x, { device });
    expect([...layers.keys()]).toEqual([
      "layers.0",
      "layers.1.layers.0",
      "layers.1.layers.1.inner.layers.0",
      "layers.1.layers.1.inner.layers.1",
      "layers.1.layers.1.inner",
      "layers.1.layers.1",
      "layers.1",
      "layers.2",
      "",
    ]);
    const byPath = (path: string): Layer => {
      let part: unknown = nested;
      for (const key of path === "" ? [] : path.split(".")) part = (part as Record<string, unknown>)[key];
      return part as Layer;
    };
    for (const [path, call] of layers) {
      expect(call.path).toBe(path);
      expect(numbers(call.output), path).toEqual(numbers(byPath(path).call(call.input)));
      expect(call.outputGrad).toBeUndefined();
    }
    expect(numbers(output)).toEqual(numbers(nested.call(x)));
    expect(numbers(layers.get("")!.input)).toEqual(numbers(x));
    expect(numbers(layers.get("layers.2")!.input)).toEqual(numbers(layers.get("layers.1")!.output));
  });

  test("with a loss, holds the gradients that valueAndGrad gives", async () => {
    const run = await capture(nested, x, { loss: crossEntropy, targets, device });
    const { value, grads } = valueAndGrad((m: typeof nested) => crossEntropy(m.call(x), targets))(nested);
    expect(numbers(run.loss!)).toEqual(numbers(value));
    expect(Object.keys(run.paramGrads!)).toEqual([...variablesOf(nested).keys()]);
    for (const [path, grad] of Object.entries(grads)) {
      expect(numbers(run.paramGrads![path]!), path).toEqual(numbers(grad));
    }
    const inputGrads = valueAndGrad((input: Tensor) => crossEntropy(nested.call(input), targets))(x).grads;
    expect(numbers(run.inputGrad!)).toEqual(numbers(inputGrads));
    // The gradient for an activation is that of the rest of the network as a function of it.
    const { input, outputGrad } = run.layers.get("layers.2")!;
    const rest = valueAndGrad((h: Tensor) => crossEntropy(nested.layers[2]!.call(h), targets))(input);
    expect(numbers(run.layers.get("layers.1")!.outputGrad!)).toEqual(numbers(rest.grads));
    const atLogits = valueAndGrad((z: Tensor) => crossEntropy(z, targets))(run.output);
    expect(numbers(outputGrad!)).toEqual(numbers(atLogits.grads));
    expect(numbers(run.layers.get("")!.outputGrad!)).toEqual(numbers(atLogits.grads));
  });

  test("a layer that is called twice has two entries, and a parameter the sum of both gradients", async () => {
    const twice = new Twice();
    const loss = (output: Tensor) => output.square().mean();
    const { layers, paramGrads } = await capture(twice, x, { loss, targets, device });
    expect([...layers.keys()]).toEqual(["inner", "inner#2", ""]);
    expect(numbers(layers.get("inner#2")!.input)).toEqual(numbers(layers.get("inner")!.output));
    const { grads } = valueAndGrad((m: Twice) => loss(m.call(x)))(twice);
    expect(numbers(paramGrads!["inner.weight"]!)).toEqual(numbers(grads["inner.weight"]!));
  });

  test("runs as in evaluation: dropout drops nothing, and nothing is changed", async () => {
    const model = network({ rate: 0.9 });
    const inputs = fromArray(clouds(4).inputs);
    const { output } = await capture(model, inputs, { device });
    expect(numbers(output)).toEqual(numbers(network().call(inputs)));
    expect(numbers(output)).toEqual(numbers(model.call(inputs, new Run())));
  });

  test("on the default device it is the same but for rounding", async () => {
    const [here, there] = [await capture(nested, x, { device }), await capture(nested, x)];
    expect([...there.layers.keys()]).toEqual([...here.layers.keys()]);
    for (const [path, { output }] of there.layers) {
      expectClose(output, here.layers.get(path)!.output, 1e-5);
    }
  });

  test("what is captured stays as it was when the parameters change", async () => {
    const model = network();
    const { layers } = await capture(model, x);
    const before = numbers(layers.get("layers.0")!.output);
    for (const variable of variablesOf(model).values()) variable.assign(variable.value.mul(2));
    expect(numbers(layers.get("layers.0")!.output)).toEqual(before);
  });
});
