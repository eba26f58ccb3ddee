import { sizeOf } from "../core/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Layer, type LayerConfig } from "./layer.ts";

/** Lays the axes after the first end to end: x [batch, ...] → [batch, features]. Row 3, column 5 of 28 × 28 is 89. */
export class Flatten<Out extends number = number> extends Layer<number, Out> {
  protected override forward(x: Tensor): Tensor {
    return x.reshape([x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]);
  }

  override config(): LayerConfig {
    return { kind: "flatten" };
  }
}

/** A `Flatten` layer. */
export const flatten = (): Flatten => new Flatten();
