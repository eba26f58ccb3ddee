import { checkNames, checkOption, type OptionTable } from "../core/option.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Optimizer, Slots } from "./optimizer.ts";

/** The options of `adam` and `adamW`: their checks, defaults and help. */
export const adamOptions = {
  beta1: { kind: "number", min: 0, below: 1, default: 0.9, help: "memory of the mean gradient" },
  beta2: { kind: "number", min: 0, below: 1, default: 0.999, help: "memory of the mean squared gradient" },
  epsilon: { kind: "number", min: 0, default: 1e-8, help: "keeps the division finite" },
  decay: { kind: "number", min: 0, default: 0, help: "pull of the weights towards 0; 0.01 for adamW" },
} as const satisfies OptionTable;

export interface AdamOptions {
  /** Memory of the mean gradient. 0.9 by default. */
  readonly beta1?: number;
  /** Memory of the mean squared gradient. 0.999 by default. */
  readonly beta2?: number;
  /** Keeps the division finite. 1e-8 by default. */
  readonly epsilon?: number;
  /** Weight decay: added to the gradient by `adam` (0 by default), taken off the weight by `adamW` (0.01 by default). */
  readonly decay?: number;
}

/** m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²; returns m̂/(√v̂ + ε) too. Bias corrections come from the host in f64. */
function moments(
  g: Tensor,
  slots: Slots,
  scalars: Readonly<Record<string, Tensor>>,
  { beta1, beta2, epsilon }: Required<Omit<AdamOptions, "decay">>,
): { direction: Tensor; slots: Slots } {
  const m = slots.m!.mul(beta1).add(g.mul(1 - beta1));
  const v = slots.v!.mul(beta2).add(g.square().mul(1 - beta2));
  const direction = m.mul(scalars.correction1!).div(v.mul(scalars.correction2!).sqrt().add(epsilon));
  return { direction, slots: { m, v } };
}

function common(
  kind: string,
  {
    beta1 = adamOptions.beta1.default,
    beta2 = adamOptions.beta2.default,
    epsilon = adamOptions.epsilon.default,
    decay = adamOptions.decay.default,
  }: AdamOptions,
) {
  const config = { beta1, beta2, epsilon, decay };
  for (const [name, option] of Object.entries(adamOptions)) {
    checkOption(kind, name, option, config[name as keyof typeof config]);
  }
  return {
    kind,
    config,
    slots: ["m", "v"],
    scalars: (t: number, learningRate: number) => ({
      learningRate,
      correction1: 1 / (1 - beta1 ** t),
      correction2: 1 / (1 - beta2 ** t),
    }),
  };
}

/**
 * Adam: steps by the mean gradient over the root of the mean squared gradient.
 *
 *   g ← g + λw     m ← β₁m + (1−β₁)g     v ← β₂v + (1−β₂)g²     w ← w − η m̂/(√v̂ + ε)
 *   with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ), t counted from 1
 *
 * @throws UsageError if an option is out of range.
 * @see Kingma & Ba 2015, arXiv:1412.6980, algorithm 1.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkNames("adam", adamOptions, options);
  const rule = common("adam", options);
  const { config } = rule;
  return {
    ...rule,
    update(w, grad, slots, scalars) {
      const g = config.decay === 0 ? grad : grad.add(w.mul(config.decay));
      const next = moments(g, slots, scalars, config);
      return [w.sub(next.direction.mul(scalars.learningRate!)), next.slots];
    },
  };
}

/**
 * AdamW: Adam with weight decay applied to the weight, not the gradient.
 *
 *   m, v as in Adam     w ← w − η( m̂/(√v̂ + ε) + λw )
 *
 * @throws UsageError if an option is out of range.
 * @see Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2.
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  checkNames("adamW", adamOptions, options);
  const rule = common("adamW", { ...options, decay: options.decay ?? 0.01 });
  const { config } = rule;
  return {
    ...rule,
    update(w, grad, slots, scalars) {
      const next = moments(grad, slots, scalars, config);
      const step = next.direction.add(w.mul(config.decay));
      return [w.sub(step.mul(scalars.learningRate!)), next.slots];
    },
  };
}
