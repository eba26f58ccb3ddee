import { describe, expect, test } from "vitest";
import { tensor } from "../tensor/create.ts";
import * as f from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Activation, activation, activationNames, activationOf, activations } from "./activation.ts";

const x = tensor([[-2, -0.5, 0, 1.5]]);

test.each(activationNames)("%s as a layer computes what the function of that name does", (name) => {
  const layer = activation(name);
  expect(layer.name).toBe(name);
  expect(layer.config()).toEqual({ kind: "activation", name });
  expect(layer.call(x).toArraySync()).toEqual(activations[name](x).toArraySync());
});

test("a known function keeps its name, and options that a layer would pass do not reach it", () => {
  expect(activationOf(f.gelu).config()).toEqual({ kind: "activation", name: "gelu" });
  // called with the input alone: neither the run nor anything else arrives as its axis or form
  const seen: number[] = [];
  activationOf((...inputs: Tensor[]) => {
    seen.push(inputs.length);
    return inputs[0]!;
  }).call(x);
  expect(seen).toEqual([1]);
});

test("a name cannot be given to another function: what is saved is what is computed", () => {
  const Loose = Activation as unknown as new (name: string, apply: (y: Tensor) => Tensor) => Activation;
  const layer = new Loose("relu", (y) => y.mul(100));
  expect(layer.call(x).toArraySync()).toEqual([[0, 0, 0, 1.5]]);
  expect(activationOf((y) => f.relu(y))).not.toBeInstanceOf(Activation); // it may do anything
});

test("a function of one's own is applied", () => {
  const layer = activationOf((y) => y.mul(2).add(1));
  expect(layer.name).toBe("function");
  expect(layer.call(x).toArraySync()).toEqual([[-3, 0, 1, 4]]);
});

describe("errors", () => {
  test("an unknown name lists the known ones", () => {
    expect(() => activation("rellu" as "relu")).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: activation: unknown activation "rellu": expected "relu", "leakyRelu", "elu", "silu", "gelu", "sigmoid", "tanh", "softplus", "softmax" or "logSoftmax"]`,
    );
    expect(() => activation("toString" as "relu")).toThrow('unknown activation "toString"');
    expect(() => new Activation("hasOwnProperty" as "relu")).toThrow('unknown activation "hasOwnProperty"');
  });

  test("a function of one's own cannot be saved", () => {
    expect(() => activationOf((y) => y).config()).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: save: a function of one's own cannot be saved
        help: wrap it in a class that extends Layer, and pass the class to load()]
    `);
  });
});
