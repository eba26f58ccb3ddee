import type { Tensor } from "../tensor/tensor.ts";

/** The tensors that an optimizer keeps beside a parameter, by name. */
export type Slots = Readonly<Record<string, Tensor>>;

/**
 * An update rule, as equations: pure functions of one parameter, its gradient and what is kept beside it. State is
 * data, so snapshots, plots and checks need no hooks.
 */
export interface Optimizer {
  readonly kind: string;
  /** The options it was made with, as plain data. */
  readonly config: Readonly<Record<string, number | boolean>>;
  /** Names of the tensors kept beside each parameter; all begin as zeros of its type. */
  readonly slots: readonly string[];
  /**
   * Numbers that the rule needs at step t (counted from 1), computed on the host in f64. They reach `update` as rank-0
   * tensors, one row of the table a step, never as constants of the program.
   */
  scalars(t: number, learningRate: number): Readonly<Record<string, number>>;
  /** The new parameter and the new slots. */
  update(
    param: Tensor,
    grad: Tensor,
    slots: Slots,
    scalars: Readonly<Record<string, Tensor>>,
  ): readonly [Tensor, Slots];
}
