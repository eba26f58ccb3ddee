import { describe, expect, test } from "vitest";
import { RunningMean, Twice } from "../../test/own-layers.ts";
import { network } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { ones } from "../tensor/create.ts";
import { gather, relu, softmax } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param } from "../tensor/variable.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { Layer, type LayerConfig } from "./layer.ts";
import { linear } from "./linear.ts";
import type { Run } from "./run.ts";
import { Sequential, sequential } from "./sequential.ts";
import { summarize, summary } from "./summary.ts";

const rng = Rng.seeded(1);

test("the summary of a network for the digits", () => {
  const model = sequential(flatten(), linear(784, 128, { rng }), relu, dropout(0.2), linear(128, 10, { rng }));
  expect(summary(model, [1, 28, 28])).toMatchInlineSnapshot(`
    "layer                       output       parameters    FLOPs
    ────────────────────────────────────────────────────────────
    input                       [1, 28, 28]
    layers.0  flatten           [784]                 0        0
    layers.1  linear 784 → 128  [128]           100,480  200,832
    layers.2  relu              [128]                 0      256
    layers.3  dropout rate=0.2  [128]                 0        0
    layers.4  linear 128 → 10   [10]              1,290    2,570
    ────────────────────────────────────────────────────────────
    101,770 parameters (397.5 KiB)
    203,658 FLOPs and 4.6 KiB of activations for one example"
  `);
});

test("the summary of a model with state, a function of one's own and layers in layers", () => {
  const block = sequential(linear(8, 8, { rng, bias: false }), (x: Tensor) => x.mul(2));
  expect(summary(sequential(new RunningMean(8), block, softmax), [8])).toMatchInlineSnapshot(`
    "layer                                       output  parameters  FLOPs
    ─────────────────────────────────────────────────────────────────────
    input                                       [8]
    layers.0           running-mean features=8  [8]              8     16
    layers.1.layers.0  linear 8 → 8             [8]             64    128
    layers.1.layers.1  function                 [8]              0      8
    layers.2           softmax                  [8]              0     43
    ─────────────────────────────────────────────────────────────────────
    72 parameters, 8 numbers of state (320 bytes)
    195 FLOPs and 128 bytes of activations for one example"
  `);
});

test("the summary of a model with very many layers takes seconds, not hours", () => {
  const wide = new Sequential(Array.from({ length: 150_000 }, () => dropout(0)));
  const lines = summary(wide, [1]).split("\n");
  expect(lines.length).toBe(150_000 + 6);
  expect([lines[3], lines.at(-4)].join("\n")).toMatchInlineSnapshot(`
    "layers.0       dropout rate=0  [1]              0      0
    layers.149999  dropout rate=0  [1]              0      0"
  `);
}, 60_000);

describe("the numbers", () => {
  test("FLOPs by hand: a product counts two for each weight, a bias one for each unit", () => {
    const { layers, flops } = summarize(sequential(linear(784, 128, { rng }), linear(128, 10, { rng })), [784]);
    expect(layers.map((layer) => layer.flops)).toEqual([2 * 784 * 128 + 128, 2 * 128 * 10 + 10]);
    expect(flops).toBe(2 * 784 * 128 + 128 + 2 * 128 * 10 + 10);
    const without = summarize(linear(784, 128, { rng, bias: false }), [784]);
    expect([without.flops, without.parameters]).toEqual([2 * 784 * 128, 784 * 128]);
    // An axis between batch and features multiplies.
    expect(summarize(linear(3, 2, { rng, bias: false }), [5, 3]).flops).toBe(5 * 2 * 3 * 2);
  });

  test("parameters, states and bytes", () => {
    const { parameters, states, bytes, activationBytes } = summarize(
      sequential(new RunningMean(8), linear(8, 3, { rng })),
      [8],
    );
    expect([parameters, states, bytes]).toEqual([8 + 27, 8, 4 * 43]);
    expect(activationBytes).toBe(4 * (8 + 3));
    expect(summarize(network({ dtype: "f64" }), [2]).bytes).toBe(8 * 39);
  });

  test("a container that computes, or has parameters of its own, has a line of its own", () => {
    class Residual extends Layer<4, 4> {
      readonly inner = linear(4, 4, { rng });
      readonly gains = [new Param(ones([4])), new Param(ones([1]))];

      protected override forward(x: Tensor, run: Run): Tensor {
        return x.add(this.inner.call(x, run).mul(this.gains[0]!).mul(this.gains[1]!));
      }

      override config(): LayerConfig {
        return { kind: "residual" };
      }
    }
    const { layers, parameters, flops } = summarize(sequential(new Residual()), [4]);
    expect(layers.map(({ path, title, parameters: own, flops: cost }) => [path, title, own, cost])).toEqual([
      ["layers.0.inner", "linear 4 → 4", 20, 36],
      ["layers.0", "residual", 5, 12],
    ]);
    expect(parameters).toBe(25);
    expect(flops).toBe(48);
  });

  test("a model of indices, such as an embedding, is called with whole numbers", () => {
    class Embedding extends Layer<number, 4> {
      readonly table = new Param(ones([10, 4]));

      protected override forward(x: Tensor): Tensor {
        return gather(this.table.value, x);
      }

      override config(): LayerConfig {
        return { kind: "embedding" };
      }
    }
    const { layers } = summarize(sequential(new Embedding(), linear(4, 2, { rng })), [3]);
    expect(layers.map(({ title, outputShape, parameters }) => [title, outputShape, parameters])).toEqual([
      ["embedding", [3, 4], 40],
      ["linear 4 → 2", [3, 2], 10],
    ]);
  });

  test("a layer that is called twice has one line, with the cost of both calls", () => {
    const { layers, flops, activationBytes } = summarize(new Twice(), [2]);
    expect(layers.map(({ path, parameters, flops: cost }) => [path, parameters, cost])).toEqual([["inner", 4, 16]]);
    expect([flops, activationBytes]).toEqual([16, 16]);
  });
});

describe("what the model reads but does not show", () => {
  /** A layer in a private field. */
  class Closed extends Layer<4, 4> {
    readonly #inner = linear(4, 4, { rng, bias: false });

    protected override forward(x: Tensor, run: Run): Tensor {
      return this.#inner.call(x, run);
    }

    override config(): LayerConfig {
      return { kind: "closed" };
    }
  }

  /** A parameter in an object of a class that is no module. */
  class Boxed extends Layer<4, 4> {
    readonly box = new (class Box {
      readonly gain = new Param(ones([4]));
    })();

    protected override forward(x: Tensor): Tensor {
      return x.mul(this.box.gain);
    }

    override config(): LayerConfig {
      return { kind: "boxed" };
    }
  }

  test("is refused with its type, where it is read, and the remedy: it would be neither trained nor saved", () => {
    expect(() => summary(sequential(relu, new Closed()), [4])).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: summary: the model reads a Param of f32[4, 4] that is not found among its fields
        help: keep it, or the layer that owns it, in a public field of a Layer or Module, or in an array or plain object there
        in layers.1]
    `);
    expect(() => summarize(new Boxed(), [4])).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: summary: the model reads a Param of f32[4] that is not found among its fields
        help: keep it, or the layer that owns it, in a public field of a Layer or Module, or in an array or plain object there]
    `);
  });

  test("may be a tensor: nobody expects that to change", () => {
    const scale = ones([4]).mul(2);
    expect(
      summarize(
        sequential((x: Tensor) => x.mul(scale)),
        [4],
      ).parameters,
    ).toBe(0);
  });
});
