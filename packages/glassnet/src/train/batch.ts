import type { Dataset } from "../data/dataset.ts";
import { gather } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Tracing } from "../tensor/trace-program.ts";
import type { Residence } from "./residence.ts";

/** What a traced program sees of a data set: some rows, as they are stored. */
export interface Batch {
  readonly inputs: Tensor;
  readonly targets: Tensor;
}

/** Stand-ins for `size` rows of a resident data set, which the row "indices" of the table picks. */
export function batchOf(input: Tracing["input"], residence: Residence, data: Dataset, size: number): Batch {
  const names = residence.dataNames(data);
  const indices = input({ dtype: "i32", shape: [size] }, { kind: "row", name: "indices" });
  const inputs = input(data.inputs, { kind: "state", name: names.inputs });
  const targets = input(data.targets, { kind: "state", name: names.targets });
  return { inputs: gather(inputs, indices), targets: gather(targets, indices) };
}
