import { type DType, promote } from "../core/dtype.ts";
import type { Dataset } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkSingleNumber } from "../loss/single-number.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { ones } from "../tensor/create.ts";
import { gather } from "../tensor/functions.ts";
import { gradientsOf } from "../tensor/grad.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { withScope } from "../tensor/trace.ts";
import { type TracedProgram, traceProgram } from "../tensor/trace-program.ts";
import { type Param, paramsOf } from "../tensor/variable.ts";
import { checkClassLabels } from "./class-labels.ts";
import type { Residence } from "./residence.ts";

export interface StepParts {
  readonly model: Layer;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly data: Dataset;
}

/** The dtype in which the optimizer's numbers reach it: that of the most precise parameter. */
export function scalarDtype(params: Iterable<Param>): "f32" | "f64" {
  let dtype: DType = "f32";
  for (const param of params) dtype = promote(dtype, param.dtype);
  return dtype === "f64" ? "f64" : "f32";
}

/**
 * One whole training step as a program: gathering and encoding the batch, forward, loss, backward, update. Per step it
 * reads a row of indices, a random key and the optimizer's numbers. Everything that it would write is guarded, so a step
 * that makes anything infinite or NaN is not applied.
 */
export function traceStep(
  { model, loss, optimizer, data }: StepParts,
  residence: Residence,
  batch: number,
): TracedProgram {
  const params = paramsOf(model);
  const names = residence.dataNames(data);
  const dtype = scalarDtype(params.values());
  return traceProgram(
    ({ input, assignments }) => {
      const indices = input({ dtype: "i32", shape: [batch] }, { kind: "row", name: "indices" });
      const words = input({ dtype: "i32", shape: [2] }, { kind: "row", name: "key" });
      const inputs = input(data.inputs, { kind: "state", name: names.inputs });
      const targets = input(data.targets, { kind: "state", name: names.targets });
      const scalars = Object.fromEntries(
        Object.keys(optimizer.scalars(1, 1)).map((name) => [name, input({ dtype, shape: [] }, { kind: "row", name })]),
      );

      const x = encode(data.preprocessing, gather(inputs, indices));
      const run = new Run({ training: true, key: { words, stream: 0 } });
      const output = model.call(x, run);
      const value = withScope("loss", () => loss(output, gather(targets, indices)));
      checkSingleNumber("train", "loss", value);
      checkClassLabels(loss, output, data);

      const weights = [...params.values()].map((param) => param.value);
      const grads = gradientsOf([value], [ones(value.shape, { dtype: value.dtype })], weights);
      const writes: { state: Tensor; value: Tensor }[] = [];
      [...params.keys()].forEach((path, i) => {
        withScope(`${path} (update)`, () => {
          const w = weights[i]!;
          const slots = Object.fromEntries(
            optimizer.slots.map((slot) => [slot, input(w, { kind: "state", name: residence.slotName(path, slot) })]),
          );
          const [next, nextSlots] = optimizer.update(w, grads[i]!, slots, scalars);
          writes.push({ state: w, value: next });
          for (const slot of optimizer.slots) writes.push({ state: slots[slot]!, value: nextSlots[slot]! });
        });
      });
      for (const [variable, assigned] of assignments) writes.push({ state: variable.value, value: assigned });
      return { writes, guard: [value, ...writes.map((write) => write.value)], perStep: { loss: value } };
    },
    (variable) => ({ kind: "state", name: residence.nameOf(variable) }),
  );
}
