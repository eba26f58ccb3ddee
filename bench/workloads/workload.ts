import { stepFlops } from "./flops.ts";
import type { Network } from "./network.ts";

/** @file What can be measured. Plain data: it is sent to the subjects as JSON. */

export type OptimizerSpec = { readonly kind: "sgd" | "adam"; readonly learningRate: number };

export type Workload = { readonly name: string } & (
  | {
      /** One training step: forward, softmax with cross-entropy (mean), backward, update. */
      readonly kind: "step";
      readonly network: Network;
      readonly batch: number;
      readonly optimizer: OptimizerSpec;
      /** The losses of so many steps on the first batch, each taken before its update, are compared first. */
      readonly checkedSteps: number;
    }
  | {
      /** One example through the network, numbers in and numbers out, one call after the other. */
      readonly kind: "predict";
      readonly network: Network;
    }
  | {
      /** C = A B, all [n, n] in f32. */
      readonly kind: "gemm";
      readonly n: number;
      /** Settings with another number of threads do not take part. */
      readonly threads?: number;
    }
  | {
      /** Adam on `size` parameters in one tensor, with gradients that are there already. */
      readonly kind: "adam";
      readonly size: number;
    }
  | {
      /**
       * The handwritten digits, from the start of the process to the accuracy on the test set: SGD with momentum on all
       * 60,000, in a new order every epoch, with a step size that falls evenly to 0. Pixels from 0 to 1; weights begin even
       * in ±1/√inputs.
       */
      readonly kind: "recipe";
      readonly sizes: readonly number[];
      readonly batch: number;
      readonly epochs: number;
      readonly learningRate: number;
      readonly momentum: number;
      readonly seed: number;
      /** Folder of the four files. */
      readonly data: string;
    }
);

export type WorkloadOf<K extends Workload["kind"]> = Extract<Workload, { readonly kind: K }>;

/** How the figure of a workload reads; measured are milliseconds an iteration. */
export interface Unit {
  readonly name: string;
  readonly isMoreBetter: boolean;
  /** The figure, from milliseconds an iteration. */
  readonly of: (ms: number) => number;
  /** 10⁹ floating-point operations a second, of a workload that is told by its time and has products; see `stepFlops`. */
  readonly gflops?: (ms: number) => number;
}

export function unitOf(workload: Workload): Unit {
  switch (workload.kind) {
    case "gemm": {
      const { n } = workload;
      return { name: "GFLOP/s", isMoreBetter: true, of: (ms) => (2 * n ** 3) / (ms * 1e6) };
    }
    case "predict":
      return { name: "µs", isMoreBetter: false, of: (ms) => 1000 * ms };
    case "recipe":
      return { name: "s", isMoreBetter: false, of: (ms) => ms / 1000 };
    case "step": {
      const flops = stepFlops(workload.network, workload.batch);
      return { name: "ms", isMoreBetter: false, of: (ms) => ms, gflops: (ms) => flops / (ms * 1e6) };
    }
    case "adam":
      return { name: "ms", isMoreBetter: false, of: (ms) => ms };
  }
}
