import type { Device } from "../backends/backend.ts";
import { checkNames, checkOption, type OptionNames, type OptionTable } from "../core/option.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Compiled } from "../tensor/compile.ts";
import { elementsOf } from "../tensor/compute.ts";
import { fromData } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { concat } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Attribution, type Baseline, baselineOf, checkDifferentiable, doublesOf, sumOf } from "./attribution.ts";
import { checkSingle } from "./calls.ts";
import { gradientOfChoice } from "./gradient-times-input.ts";
import { type LongWork, longWorkNames, Progress } from "./long-work.ts";
import { answersOf, chosenOf, type OutputChoice, outputChoiceNames } from "./output-choice.ts";
import { type QuadratureRule, quadrature } from "./quadrature.ts";
import { runOnce, withCompiled } from "./with-compiled.ts";

/** The plain options of `integratedGradients`: their checks, defaults and help. */
export const integratedGradientsOptions = {
  steps: { kind: "integer", min: 1, max: 10_000, default: 64, help: "points on the way from the baseline" },
  rule: { kind: "choice", of: ["gauss", "midpoint"], default: "gauss", help: "how the integral is taken" },
} as const satisfies OptionTable;

export interface IntegratedGradientsOptions extends OutputChoice, LongWork {
  /** Where the way begins. 0 by default. */
  readonly baseline?: Baseline | undefined;
  /** Points on the way. By default 64, doubled up to 1024 until the residual is below 1 % of the difference. */
  readonly steps?: number | undefined;
  /** "gauss" (default), or "midpoint": the middles of equal intervals. */
  readonly rule?: QuadratureRule | undefined;
}

export interface IntegratedGradients extends Attribution {
  /** The explained number for the baseline. */
  readonly baselineOutput: number;
  /** What completeness is missed by: sum − (output − baselineOutput). */
  readonly residual: number;
  /** |residual| / |output − baselineOutput|; infinite if only the second is 0. */
  readonly relativeResidual: number;
  /** Points that were taken, and how. */
  readonly steps: number;
  readonly rule: QuadratureRule;
}

const MAX_AUTOMATIC = 1024;
const TOLERANCE = 0.01;
/** Points of one run. */
const CHUNK = 64;

/** Σ of weighted gradients at points between baseline and x. */
type Sum = Compiled<[x: Tensor, baseline: Tensor, points: Tensor, weights: Tensor], Tensor>;

const optionNames: OptionNames<IntegratedGradientsOptions> = {
  ...longWorkNames,
  ...outputChoiceNames,
  baseline: true,
  steps: true,
  rule: true,
};

/**
 * Integrated gradients: the gradient averaged on the straight way from a baseline to the example, times what changed.
 *
 *   aᵢ = (xᵢ − bᵢ) ∫₀¹ ∂f/∂xᵢ (b + t (x − b)) dt,     Σ aᵢ = f(x) − f(b)  (completeness)
 *
 * @param x one example as the network sees it: [1, ...]
 * @throws UsageError for a class that there is not; DtypeError if the inputs are indices; the signal's reason if stopped.
 * @example const { values, relativeResidual } = await integratedGradients(model, x, { classIndex: 3 });
 * @see Sundararajan, Taly & Yan 2017, arXiv:1703.01365.
 */
export async function integratedGradients(
  model: Layer,
  x: Tensor,
  options: IntegratedGradientsOptions,
): Promise<IntegratedGradients> {
  checkNames("integratedGradients", optionNames, options);
  const where = "integratedGradients";
  checkSingle(where, x);
  checkDifferentiable(where, x);
  const { rule = integratedGradientsOptions.rule.default, steps } = options;
  checkOption(where, "rule", integratedGradientsOptions.rule, rule);
  if (steps !== undefined) checkOption(where, "steps", integratedGradientsOptions.steps, steps);
  const device = await deviceOr(options.device);
  const baseline = baselineOf(where, x, options.baseline);
  const first = steps ?? integratedGradientsOptions.steps.default;
  const progress = new Progress(options, first);
  const ends = await runOnce(
    device,
    (a: Tensor, b: Tensor) => {
      const answers = answersOf(where, model, concat([a, b], 0), options, (run) => new Run(run));
      return chosenOf(options, answers); // [2]
    },
    x,
    baseline,
  );
  const [from, to, both] = await doublesOf([baseline, x, ends], device);
  const [output, baselineOutput] = [both![0]!, both![1]!];
  const gradients = (a: Tensor, b: Tensor, points: Tensor, weights: Tensor): Tensor => {
    const way = b.add(a.sub(b).mul(points)); // [points, ...]
    const { gradient } = gradientOfChoice(where, model, way, options);
    return gradient.mul(weights).sum({ axes: 0 }); // [...]
  };
  return withCompiled(device, gradients, async (sum) => {
    const average = (n: number) => averageGradient(sum, { x, baseline, rule, steps: n, device, progress });
    for (let n = first; ; n *= 2) {
      const mean = await average(n);
      const values = mean.map((g, i) => (to![i]! - from![i]!) * g);
      const total = sumOf(values);
      const difference = output - baselineOutput;
      const residual = total - difference;
      const relativeResidual = residual === 0 ? 0 : Math.abs(residual / difference);
      if (steps !== undefined || 2 * n > MAX_AUTOMATIC || relativeResidual < TOLERANCE || Number.isNaN(residual)) {
        const shape = x.shape.slice(1);
        return { values, shape, sum: total, output, baselineOutput, residual, relativeResidual, steps: n, rule };
      }
      progress.extend(2 * n);
    }
  });
}

interface Way {
  readonly x: Tensor;
  readonly baseline: Tensor;
  readonly rule: QuadratureRule;
  readonly steps: number;
  readonly device: Device;
  readonly progress: Progress;
}

async function averageGradient(sum: Sum, { x, baseline, rule, steps, device, progress }: Way): Promise<Float64Array> {
  const { points, weights } = quadrature(rule, steps);
  const mean = new Float64Array(x.size);
  const chunk = Math.min(steps, CHUNK);
  const column = [chunk, ...x.shape.slice(1).map(() => 1)]; // one number a point
  for (let begin = 0; begin < steps; begin += chunk) {
    const count = Math.min(chunk, steps - begin);
    const part = (numbers: Float64Array): Tensor => {
      const filled = new Float64Array(chunk); // what is left over counts nothing
      filled.set(numbers.subarray(begin, begin + count));
      return x.dtype === "f64" ? fromData(filled, column) : fromData(Float32Array.from(filled), column);
    };
    const [data] = await elementsOf([await sum(x, baseline, part(points), part(weights))], { device });
    for (let i = 0; i < mean.length; i++) mean[i]! += data![i]!;
    await progress.advance(count);
  }
  return mean;
}
