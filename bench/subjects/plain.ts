import { SubjectFault } from "../driver/protocol.ts";
import { ADAM, comparedParts, operands } from "../workloads/answer.ts";
import type { Subject } from "./subject.ts";
import { repeat } from "./timing.ts";

/** @file Adam as one loop of plain JavaScript over typed arrays: what a library must beat to be worth its trouble. */

export async function open(): Promise<Subject> {
  return {
    description: { version: `V8 ${process.versions.v8}` },
    async prepare(workload) {
      if (workload.kind !== "adam") throw new SubjectFault("unsupported", "Adam only");
      const { size } = workload;
      const [params, grads] = operands(size);
      const state = { params, grads, m: new Float32Array(size), v: new Float32Array(size) };
      let t = 0;
      const step = (): undefined => {
        adamStep(state, ++t);
      };
      return {
        async check() {
          for (let i = 0; i < ADAM.checkedSteps; i++) step();
          return comparedParts(params);
        },
        round: repeat(step),
      };
    },
  };
}

interface AdamState {
  readonly params: Float32Array;
  readonly grads: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

function adamStep({ params, grads, m, v }: AdamState, t: number): void {
  const { learningRate, beta1, beta2, epsilon } = ADAM;
  const correction1 = 1 / (1 - beta1 ** t);
  const correction2 = 1 / (1 - beta2 ** t);
  for (let i = 0; i < params.length; i++) {
    const g = grads[i]!;
    const mean = beta1 * m[i]! + (1 - beta1) * g;
    const square = beta2 * v[i]! + (1 - beta2) * g * g;
    m[i] = mean;
    v[i] = square;
    params[i]! -= (learningRate * mean * correction1) / (Math.sqrt(square * correction2) + epsilon);
  }
}
