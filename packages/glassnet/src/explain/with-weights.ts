import { alternatives, UsageError } from "../core/errors.ts";
import { formatType, sameShape } from "../core/shape.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { withFrame } from "../tensor/trace.ts";
import { paramsOf, type Variable, variablesOf } from "../tensor/variable.ts";

/** A model in which other values stand for some of its variables. */
class Reweighted extends Layer {
  readonly model: Layer;
  /** @internal Not among its variables: a map is not looked into. */
  readonly values: Map<Variable, Tensor>;

  constructor(model: Layer, values: Map<Variable, Tensor>) {
    super();
    this.model = model;
    this.values = values;
  }

  /** The model itself is what begins the pass, so that its layers keep their paths. */
  override call(x: Tensor, run: Run = new Run()): Tensor {
    const frame = { variables: this.values, startId: Number.POSITIVE_INFINITY, isEager: true };
    return withFrame(frame, () => this.model.call(x, run));
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    return this.call(x, run);
  }

  override config(): LayerConfig {
    throw new UsageError("unsupported", "save", "a model with replaced weights cannot be saved", {
      help: "assign the weights to the model itself",
    });
  }
}

/** The model itself, and what stands for its variables, if it is one whose weights are replaced. */
export function behind(model: Layer): { readonly model: Layer; readonly values: ReadonlyMap<Variable, Tensor> } {
  const values = new Map<Variable, Tensor>();
  let inner = model;
  while (inner instanceof Reweighted) {
    for (const [variable, value] of inner.values) values.set(variable, value); // the innermost one decides, as in a call
    inner = inner.model;
  }
  return { model: inner, values };
}

/** What the parameters of a model hold, by path; inside a trace, what stands for them. */
export function presentParams(model: Layer): Map<string, Tensor> {
  const { model: inner, values } = behind(model);
  return new Map([...paramsOf(inner)].map(([path, param]) => [path, values.get(param) ?? param.value]));
}

/** Calls a model with other tensors in place of variables, inside a trace or outside. */
export const reweighted = (model: Layer, values: ReadonlyMap<Variable, Tensor>): Layer =>
  new Reweighted(model, new Map(values));

/**
 * The same model with other weights, to ask "what if" of: the model itself is left alone, and may be trained meanwhile. Layers
 * keep their paths.
 *
 * @param values by path, such as `layers.1.weight`; what is not named keeps its present value
 * @throws UsageError for a path that there is not, or a tensor of another type.
 * @example const blind = withWeights(model, { "layers.1.weight": zeros([128, 784]) });
 */
export function withWeights(model: Layer, values: Readonly<Record<string, Tensor>>): Layer {
  const { model: inner, values: earlier } = behind(model);
  const variables = variablesOf(inner);
  const replaced = new Map(earlier);
  for (const [path, value] of Object.entries(values)) {
    const variable = variables.get(path);
    if (variable === undefined) {
      const what = `the model has no variable "${path}": expected ${alternatives([...variables.keys()])}`;
      throw new UsageError("invalid-option", "withWeights", what);
    }
    if (value.dtype !== variable.dtype || !sameShape(value.shape, variable.shape)) {
      const what = `${path} must be ${formatType(variable)}, got ${formatType(value)}`;
      throw new UsageError("invalid-option", "withWeights", what, { details: { path } });
    }
    replaced.set(variable, value);
  }
  return reweighted(inner, replaced);
}
