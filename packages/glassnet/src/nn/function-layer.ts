import { UsageError } from "../core/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Layer, type LayerConfig } from "./layer.ts";

/** A function of one's own that keeps the shape, as a layer. It has no parameters, and no name to save it under. */
export class FunctionLayer extends Layer<number, "same"> {
  readonly name = "function";
  readonly #apply: (x: Tensor) => Tensor;

  constructor(apply: (x: Tensor) => Tensor) {
    super();
    this.#apply = apply;
  }

  protected override forward(x: Tensor): Tensor {
    const apply = this.#apply; // called with the input alone
    return apply(x);
  }

  override config(): LayerConfig {
    throw new UsageError("unsupported", "save", "a function of one's own cannot be saved", {
      help: "wrap it in a class that extends Layer, and pass the class to load()",
    });
  }
}
