import { ShapeError, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import { formatType } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import { matmul, transpose } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param } from "../tensor/variable.ts";
import { type Initializer, torchUniform } from "./initializer.ts";
import { Layer, type LayerConfig } from "./layer.ts";

export interface LinearOptions {
  /** Where start values are drawn from. */
  readonly rng: Rng;
  /** Whether there is a bias. True by default. */
  readonly bias?: boolean | undefined;
  /** Start values of the weight; uniform in ±1/√inFeatures by default, as in PyTorch. */
  readonly weightInit?: Initializer | undefined;
  /** Start values of the bias; as the weight's default. */
  readonly biasInit?: Initializer | undefined;
}

const linearNames: OptionNames<LinearOptions> = { rng: true, bias: true, weightInit: true, biasInit: true };

/**
 * Affine map of the last axis: `y = x Wᵀ + b`.
 *
 * Shapes: x [..., inFeatures] → [..., outFeatures]; weight [outFeatures, inFeatures], bias [outFeatures].
 */
export class Linear<In extends number, Out extends number> extends Layer<In, Out> {
  readonly inFeatures: In;
  readonly outFeatures: Out;
  readonly weight: Param;
  readonly bias: Param | undefined;

  constructor(inFeatures: In, outFeatures: Out, options: LinearOptions) {
    super();
    const { rng, bias = true, weightInit, biasInit } = options ?? {}; // plain JavaScript may leave it out
    if (!(rng instanceof Rng)) {
      throw new UsageError(
        "invalid-option",
        "linear",
        `needs a source of start values as rng, got ${describeValue(rng)}`,
        {
          help: "linear(3, 4, { rng: Rng.seeded(0) })",
        },
      );
    }
    checkNames("linear", linearNames, options);
    checkFeatures("inFeatures", inFeatures);
    checkFeatures("outFeatures", outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const start = torchUniform(inFeatures);
    this.weight = new Param((weightInit ?? start)([outFeatures, inFeatures], rng));
    this.bias = bias ? new Param((biasInit ?? start)([outFeatures], rng)) : undefined;
  }

  protected override forward(x: Tensor): Tensor {
    if (x.shape.at(-1) !== this.inFeatures) {
      const what = `expected ${this.inFeatures} features in the last axis, got ${x.shape.at(-1) ?? "a scalar"}`;
      throw new ShapeError("shape-mismatch", "linear", what, {
        operands: { x: formatType(x), weight: formatType(this.weight) },
        details: { expected: this.inFeatures, got: x.shape.at(-1) },
      });
    }
    const y = matmul(x, transpose(this.weight)); // [..., outFeatures]
    return this.bias === undefined ? y : y.add(this.bias);
  }

  override config(): LayerConfig {
    const { inFeatures, outFeatures, bias } = this;
    const { dtype } = this.weight;
    return { kind: "linear", inFeatures, outFeatures, bias: bias !== undefined, ...(dtype !== "f32" && { dtype }) };
  }
}

function checkFeatures(name: string, n: number): void {
  if (Number.isInteger(n) && n >= 1) return;
  throw new UsageError("invalid-option", "linear", `${name} must be a whole number of at least 1, got ${n}`);
}

/** A `Linear` layer. @throws UsageError unless both sizes are whole numbers of at least 1. */
export const linear = <In extends number, Out extends number>(
  inFeatures: In,
  outFeatures: Out,
  options: LinearOptions,
): Linear<In, Out> => new Linear(inFeatures, outFeatures, options);
