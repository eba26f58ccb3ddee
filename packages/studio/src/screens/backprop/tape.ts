import type { ActivationName } from "glassnet";

/** @file The tape: what a step of training does, operation by operation, in the order in which it is done. */

/** What a call of a layer does with its numbers. */
export type CallKind = "linear" | "activation" | "flatten" | "dropout" | "rescale" | "other";

/** One call of a layer, without its numbers. */
export interface CallInfo {
  readonly path: string;
  readonly kind: CallKind;
  readonly activation: ActivationName | null;
  /** Numbers of one example that go in and come out. */
  readonly inSize: number;
  readonly outSize: number;
  readonly hasBias: boolean;
  /** The linear layer it belongs to: itself, or the one before it. What `Selection.layer` holds. */
  readonly linear: string | null;
}

export type Phase = "forward" | "loss" | "backward" | "update";

/**
 * forward: a layer's output. loss: the one number. lossGrad: where the way back begins. slope: back through a layer without weights.
 * weights: the gradients of weights and biases. back: what a layer hands to the one before it. update: the new weights.
 */
export type OpKind = "forward" | "loss" | "lossGrad" | "slope" | "weights" | "back" | "update";

export interface Op {
  /** Such as `weights:layers.1`: it stands in the URL. */
  readonly id: string;
  readonly kind: OpKind;
  readonly phase: Phase;
  /** Which call, or `null` for the loss. */
  readonly call: number | null;
}

const op = (kind: OpKind, phase: Phase, calls: readonly CallInfo[], call: number | null): Op => ({
  id: call === null ? kind : `${kind}:${calls[call]!.path}`,
  ...{ kind, phase, call },
});

/** Forward through all calls, the loss, back through them in the opposite order, then the updates. */
export function tapeOf(calls: readonly CallInfo[]): Op[] {
  const order = calls.map((_, i) => i);
  const linear = order.filter((i) => calls[i]!.kind === "linear");
  return [
    ...order.map((i) => op("forward", "forward", calls, i)),
    op("loss", "loss", calls, null),
    op("lossGrad", "backward", calls, null),
    ...order
      .toReversed()
      .flatMap((i) =>
        calls[i]!.kind === "linear"
          ? [op("weights", "backward", calls, i), op("back", "backward", calls, i)]
          : [op("slope", "backward", calls, i)],
      ),
    ...linear.map((i) => op("update", "update", calls, i)),
  ];
}

/** The operation of that name; the first one if the model has none such. */
export function opAt(tape: readonly Op[], id: string): number {
  return Math.max(
    0,
    tape.findIndex((candidate) => candidate.id === id),
  );
}

/** The operation on the same way that belongs to another linear layer; the present one if there is none. */
export function sameOn(tape: readonly Op[], calls: readonly CallInfo[], at: number, layer: string): number {
  const { kind } = tape[at]!;
  const wanted: readonly OpKind[] = kind === "slope" ? ["back"] : [kind, "forward"];
  for (const one of wanted) {
    const found = tape.findIndex(({ kind: k, call }) => k === one && call !== null && calls[call]!.path === layer);
    if (found >= 0) return found;
  }
  return at;
}
