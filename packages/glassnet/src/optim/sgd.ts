import { checkNames, checkOption, type OptionTable } from "../core/option.ts";
import type { Optimizer } from "./optimizer.ts";

/** The options of `sgd`: their checks, defaults and help. */
export const sgdOptions = {
  momentum: { kind: "number", min: 0, below: 1, default: 0, help: "share of the last step that is taken again" },
  nesterov: { kind: "flag", default: false, help: "whether the gradient looks ahead by the momentum" },
  decay: { kind: "number", min: 0, default: 0, help: "pull of the weights towards 0, added to the gradient" },
} as const satisfies OptionTable;

export interface SgdOptions {
  /** Share of the last step that is taken again. 0 by default. */
  readonly momentum?: number;
  /** Whether the gradient looks ahead by the momentum. False by default. */
  readonly nesterov?: boolean;
  /** L2 penalty: `decay · w` is added to the gradient. 0 by default. */
  readonly decay?: number;
}

/**
 * Gradient descent on batches, with momentum as in PyTorch's SGD.
 *
 *   g ← g + λw     v ← μv + g     w ← w − η v     (Nesterov: w ← w − η (g + μv))
 *
 * @throws UsageError if an option is out of range.
 * @see Sutskever et al. 2013, On the importance of initialization and momentum in deep learning.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  checkNames("sgd", sgdOptions, options);
  const { momentum = 0, nesterov = false, decay = 0 } = options;
  checkOption("sgd", "momentum", sgdOptions.momentum, momentum);
  checkOption("sgd", "nesterov", sgdOptions.nesterov, nesterov);
  checkOption("sgd", "decay", sgdOptions.decay, decay);
  return {
    kind: "sgd",
    config: { momentum, nesterov, decay },
    slots: momentum === 0 ? [] : ["velocity"],
    scalars: (_, learningRate) => ({ learningRate }),
    update(w, grad, { velocity }, { learningRate }) {
      const g = decay === 0 ? grad : grad.add(w.mul(decay));
      if (velocity === undefined) return [w.sub(g.mul(learningRate!)), {}];
      const v = velocity.mul(momentum).add(g);
      const step = nesterov ? g.add(v.mul(momentum)) : v;
      return [w.sub(step.mul(learningRate!)), { velocity: v }];
    },
  };
}
