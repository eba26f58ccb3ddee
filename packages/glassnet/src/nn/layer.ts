import { UsageError } from "../core/errors.ts";
import { describeValue } from "../core/tree.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Module } from "../tensor/variable.ts";
import { Run } from "./run.ts";

/** What a layer was made with, as plain data that is saved with the model. */
export interface LayerConfig {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** A feature count that is known to the compiler, `number` where it is not, or "same" for a layer that keeps it. */
export type Features = number | "same";

/**
 * Parameters plus a formula. Fields that hold variables, layers, or arrays and objects of them, are found by
 * themselves: their names are the paths under which parameters are saved.
 *
 * `In` and `Out` are the sizes of the last axis, so that wiring layers that do not fit is a compile-time error.
 */
export abstract class Layer<In extends number = number, Out extends Features = Features> extends Module {
  /** Only for the compiler. */
  declare readonly "~features"?: { readonly in: In; readonly out: Out };

  /** The layer's formula. Callers use `call`, which also names what is computed. */
  protected abstract forward(x: Tensor, run: Run): Tensor;

  /** Kind and options, from which the layer can be made again; its parameters are saved apart. */
  abstract config(): LayerConfig;

  /**
   * Applies the layer.
   *
   * @throws ShapeError naming the layer if x does not fit.
   */
  call(x: Tensor, run: Run = new Run()): Tensor {
    if (!(x instanceof Tensor)) {
      throw new UsageError("invalid-option", "call", `expected a tensor, got ${describeValue(x)}`, {
        help: "tensor([[1, 2, 3]]) makes one of nested arrays",
      });
    }
    return run.enter(this, x, () => this.forward(x, run));
  }
}
