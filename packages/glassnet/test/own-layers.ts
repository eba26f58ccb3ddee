import { Rng } from "../src/core/random.ts";
import { Layer, type LayerConfig } from "../src/nn/layer.ts";
import { linear } from "../src/nn/linear.ts";
import type { Run } from "../src/nn/run.ts";
import { fromArray, ones, zeros } from "../src/tensor/create.ts";
import { conv2d } from "../src/tensor/functions.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { Param, State } from "../src/tensor/variable.ts";

/** Follows the mean of its inputs in a state, half old and half new, and scales them. */
export class RunningMean extends Layer<number, "same"> {
  readonly scale: Param;
  readonly mean: State;

  constructor(features: number) {
    super();
    this.scale = new Param(ones([features]));
    this.mean = new State(zeros([features]));
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    if (!run.training) return x.sub(this.mean).mul(this.scale);
    const mean = x.mean({ axes: 0 }); // [features]
    run.assign(this.mean, this.mean.value.mul(0.5).add(mean.mul(0.5)));
    return x.sub(mean).mul(this.scale);
  }

  override config(): LayerConfig {
    return { kind: "running-mean", features: this.mean.shape[0] };
  }
}

/** One linear layer, applied twice. */
export class Twice extends Layer<2, 2> {
  readonly inner = linear(2, 2, { rng: Rng.seeded(1), bias: false });

  protected override forward(x: Tensor, run: Run): Tensor {
    return this.inner.call(this.inner.call(x, run), run);
  }

  override config(): LayerConfig {
    return { kind: "twice" };
  }
}

/** A convolution with a bias for each channel: x [batch, in, h, w] → [batch, out, h − size + 1, w − size + 1]. */
export class Convolution extends Layer {
  readonly kernel: Param;
  readonly bias: Param;

  constructor(inChannels: number, outChannels: number, size: number, rng: Rng, dtype: "f32" | "f64" = "f32") {
    super();
    this.kernel = new Param(fromArray(rng.uniform([outChannels, inChannels, size, size], -0.7, 0.7, dtype)));
    this.bias = new Param(fromArray(rng.uniform([outChannels], -0.5, 0.5, dtype)));
  }

  protected override forward(x: Tensor): Tensor {
    return conv2d(x, this.kernel).add(this.bias.value.reshape([1, -1, 1, 1]));
  }

  override config(): LayerConfig {
    return { kind: "convolution", shape: this.kernel.shape };
  }
}

/** What a layer makes of x, added to x. */
export class Residual extends Layer<number, "same"> {
  readonly inner: Layer;

  constructor(inner: Layer) {
    super();
    this.inner = inner;
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    return x.add(this.inner.call(x, run));
  }

  override config(): LayerConfig {
    return { kind: "residual", inner: this.inner.config() };
  }
}
