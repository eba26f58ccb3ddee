import { Rng } from "../src/core/random.ts";
import { Layer, type LayerConfig } from "../src/nn/layer.ts";
import { linear } from "../src/nn/linear.ts";
import type { Run } from "../src/nn/run.ts";
import { ones, zeros } from "../src/tensor/create.ts";
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
