import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type Option, type OptionNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import type { Layer } from "../nn/layer.ts";
import { compute } from "../tensor/compute.ts";
import { fromArray } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Param, paramsOf } from "../tensor/variable.ts";
import type { Baseline } from "./attribution.ts";
import { layersByPath, pathOfCall } from "./calls.ts";
import { capture } from "./capture.ts";
import { gradientTimesInput } from "./gradient-times-input.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { type LongWork, longWorkNames, Progress } from "./long-work.ts";
import { occlusion } from "./occlusion.ts";
import { type OutputChoice, outputChoiceNames } from "./output-choice.ts";
import { rankCorrelation } from "./rank-correlation.ts";
import { behind, withWeights } from "./with-weights.ts";

/** The methods that attribute to inputs, by name. */
export type AttributionMethod = "gradient-x-input" | "integrated-gradients" | "occlusion";

/** The names of the methods that attribute to inputs. */
export const attributionMethods = [
  "gradient-x-input",
  "integrated-gradients",
  "occlusion",
] as const satisfies readonly AttributionMethod[];

/** A method of one's own: one number for each input. It gets the model with its weights replaced. */
export type Attribute = (model: Layer, x: Tensor) => Promise<ArrayLike<number>>;

export interface RandomizedWeightsOptions extends OutputChoice, LongWork {
  /** Which attributions are looked at: a method by name, or one of your own. */
  readonly method: AttributionMethod | Attribute;
  readonly baseline?: Baseline | undefined;
  /** "cascading" (default): layer by layer from the output down, all above stay random. "independent": one layer at a time. */
  readonly mode?: "cascading" | "independent" | undefined;
  readonly seed?: number | undefined;
}

/** The attributions of a network some of whose layers have random weights, beside those of the network itself. */
export interface RandomizedWeights {
  /** Paths of the layers whose weights are random. */
  readonly layers: readonly string[];
  /**
   * Rank correlation of the attributions with the original ones, over the inputs that one of them is not 0 for: that black
   * pixels get 0 either way says nothing of the weights. NaN where all are equal.
   */
  readonly correlation: number;
  /** The same of their sizes. */
  readonly absoluteCorrelation: number;
  readonly values: Float64Array;
}

const seedOption = {
  kind: "integer",
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  default: 0,
  help: "where random weights come from",
} as const satisfies Option;

const optionNames: OptionNames<RandomizedWeightsOptions> = {
  ...longWorkNames,
  ...outputChoiceNames,
  method: true,
  baseline: true,
  mode: true,
  seed: true,
};

/**
 * A sanity check of an attribution method: the weights of layers are replaced by random ones, and the attributions are
 * compared with the original ones. Those that hardly change do not depend on what the network has learned.
 *
 * Random weights are normal with the mean and the standard deviation of those they replace. The model is left alone.
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError for a method that there is not; the signal's reason if stopped.
 * @example await randomizedWeights(model, x, { method: "integrated-gradients", classIndex: 3 });
 * @see Adebayo et al. 2018, arXiv:1810.03292.
 */
export async function randomizedWeights(
  model: Layer,
  x: Tensor,
  options: RandomizedWeightsOptions,
): Promise<RandomizedWeights[]> {
  checkNames("randomizedWeights", optionNames, options);
  const where = "randomizedWeights";
  const { mode = "cascading", seed = seedOption.default } = options;
  checkOption(where, "seed", seedOption, seed);
  if (mode !== "cascading" && mode !== "independent") {
    const expected = alternatives(["cascading", "independent"]);
    throw new UsageError("invalid-option", where, `unknown mode "${String(mode)}": expected ${expected}`);
  }
  const attribute = methodOf(where, options);
  const device = await deviceOr(options.device);
  const owners = await ownersOf(model, x, options);
  if (owners.length === 0) throw new UsageError("unsupported", where, "the model calls no layer with parameters");
  const progress = new Progress(options, owners.length + 1);
  const original = await attribute(model, x);
  await progress.advance(1);
  const rng = Rng.seeded(seed).fold(where);
  const results: RandomizedWeights[] = [];
  let above: Record<string, Tensor> = {};
  for (const [index, { path, params }] of owners.entries()) {
    await compute(
      [...params.values()].map((param) => param.value),
      { device },
    );
    const drawn = Object.fromEntries([...params].map(([name, param]) => [name, randomLike(rng.fold(name), param)]));
    const values = mode === "cascading" ? { ...above, ...drawn } : drawn;
    above = values;
    const found = Float64Array.from(await attribute(withWeights(model, values), x));
    const layers = mode === "cascading" ? owners.slice(0, index + 1).map((owner) => owner.path) : [path];
    const [now, before] = withoutZeros(found, original);
    const correlation = rankCorrelation(now, before);
    const absoluteCorrelation = rankCorrelation(now.map(Math.abs), before.map(Math.abs));
    results.push({ layers, correlation, absoluteCorrelation, values: found });
    await progress.advance(1);
  }
  return results;
}

/** Both lists without the inputs that neither says anything of. */
function withoutZeros(a: Float64Array, b: ArrayLike<number>): [Float64Array, Float64Array] {
  const kept = Array.from(a, (_, i) => i).filter((i) => a[i] !== 0 || b[i] !== 0);
  return [Float64Array.from(kept, (i) => a[i]!), Float64Array.from(kept, (i) => b[i]!)];
}

/** Normal numbers with mean and standard deviation of a parameter; a constant one is drawn around 0 at its own size. */
function randomLike(rng: Rng, param: Param): Tensor {
  const data = param.value.stored!;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  const mean = sum / data.length;
  for (let i = 0; i < data.length; i++) squares += (data[i]! - mean) ** 2;
  const std = Math.sqrt(squares / data.length);
  const dtype = param.dtype === "f64" ? "f64" : "f32";
  return fromArray(
    std > 0 ? rng.normal(param.shape, mean, std, dtype) : rng.normal(param.shape, 0, Math.abs(mean), dtype),
  );
}

interface Owner {
  readonly path: string;
  /** Its own parameters, by path in the model. */
  readonly params: ReadonlyMap<string, Param>;
}

/** The layers with parameters of their own, those that were called last first. */
async function ownersOf(model: Layer, x: Tensor, options: RandomizedWeightsOptions): Promise<Owner[]> {
  const run = await capture(model, x, { device: options.device });
  const layers = layersByPath(model);
  const all = [...paramsOf(behind(model).model)];
  const calls = [...new Set([...run.layers.keys()].reverse().map((call) => pathOfCall(call, layers)))];
  // A parameter belongs to the layer with the longest path that it is below.
  const ownerOf = (name: string): string | undefined => {
    const above = calls.filter((path) => path === "" || name.startsWith(`${path}.`));
    return above.sort((a, b) => b.length - a.length)[0];
  };
  const owners = calls.map((path) => ({ path, params: new Map(all.filter(([name]) => ownerOf(name) === path)) }));
  return owners.filter(({ params }) => params.size > 0);
}

function methodOf(where: string, options: RandomizedWeightsOptions): Attribute {
  const { method, classIndex, versus, as, baseline, device, signal } = options;
  const shared = { classIndex, versus, as, device };
  switch (method) {
    case "gradient-x-input":
      return async (model, x) => (await gradientTimesInput(model, x, shared)).values;
    case "integrated-gradients":
      return async (model, x) => (await integratedGradients(model, x, { ...shared, baseline, signal })).values;
    case "occlusion":
      return async (model, x) => (await occlusion(model, x, { ...shared, baseline, signal })).values;
    default: {
      if (typeof method === "function") return method;
      const expected = alternatives(attributionMethods);
      throw new UsageError("invalid-option", where, `unknown method "${String(method)}": expected ${expected}`);
    }
  }
}
