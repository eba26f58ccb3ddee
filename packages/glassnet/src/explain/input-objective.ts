import type { Device } from "../backends/backend.ts";
import { ShapeError, UsageError } from "../core/errors.ts";
import { formatType, type Shape } from "../core/shape.ts";
import { encode } from "../data/encode.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { type Compiled, compile } from "../tensor/compile.ts";
import { fromData } from "../tensor/create.ts";
import { valueAndGrad } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a model says to some inputs, and how that changes with each of them. */
export interface Slope {
  readonly prediction: number;
  /** ∂prediction/∂xᵢ */
  readonly partials: Float64Array;
}

export interface ObjectiveOptions {
  readonly preprocessing: Preprocessing;
  /** Of one input, without the batch axis. */
  readonly inputShape: Shape;
  /** Which of the model's outputs. */
  readonly output: number;
  readonly dtype: "f32" | "f64";
  readonly device: Device;
}

/**
 * One output of a model as a function of its inputs in raw units, with its gradient for them. The weights are read but not
 * differentiated: they stay as they are.
 */
export class InputObjective {
  readonly #program: Compiled<[Tensor], { value: Tensor; grads: Tensor }>;
  readonly #options: ObjectiveOptions;

  constructor(model: Layer, options: ObjectiveOptions) {
    this.#options = options;
    const { preprocessing, output, device } = options;
    this.#program = compile(
      (x: Tensor) => {
        const predict = (inputs: Tensor): Tensor => {
          const y = model.call(encode(preprocessing, inputs), new Run());
          const outputs = y.reshape([y.size]);
          if (y.shape[0] !== 1 && y.size !== 1) {
            throw new ShapeError("shape-mismatch", "optimizeInputs", "the model must give one output for each input", {
              operands: { input: formatType(inputs), output: formatType(y) },
            });
          }
          if (output >= y.size) {
            const what = `there is no output ${output}: the model has ${y.size}`;
            throw new UsageError("invalid-option", "optimizeInputs", what, { details: { output, outputs: y.size } });
          }
          return outputs.at(output);
        };
        const { value, grads } = valueAndGrad(predict)(x);
        return { value, grads };
      },
      { device },
    );
  }

  async at(inputs: Float64Array): Promise<Slope> {
    const { inputShape, dtype, device } = this.#options;
    const x = fromData(dtype === "f64" ? inputs : Float32Array.from(inputs), [1, ...inputShape]);
    const { value, grads } = await this.#program(x);
    const [prediction] = await value.data({ device });
    return { prediction: prediction!, partials: Float64Array.from(await grads.data({ device })) };
  }

  release(): Promise<void> {
    return this.#program.release();
  }
}
