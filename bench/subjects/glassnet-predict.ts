import { compile, fromData, predictor, Run, type Tensor } from "glassnet";
import type { Device } from "glassnet/engine";
import { examples } from "../workloads/network.ts";
import type { WorkloadOf } from "../workloads/workload.ts";
import { SpecModel } from "./glassnet-model.ts";
import type { Task } from "./subject.ts";
import { repeat } from "./timing.ts";

/** @file One example, numbers in and numbers out, by the two roads there are. A device that cannot block is awaited. */

/** A predictor: made ready once, called with plain arrays. */
export async function predictorTask(device: Device, { network }: WorkloadOf<"predict">): Promise<Task> {
  const { inputs } = examples(network, 1);
  const predict = await predictor(new SpecModel(network), { inputShape: network.inputShape, device });
  return {
    check: async () => Array.from(await predict(inputs)),
    round: repeat(
      device.sync === undefined ? async () => void (await predict(inputs)) : () => void predict.sync(inputs), //
      { each: true },
    ),
  };
}

/** A compiled function of a tensor, which is made of the numbers for each call, as its result is made numbers again. */
export function compiledTask(device: Device, { network }: WorkloadOf<"predict">): Task {
  const model = new SpecModel(network);
  const { inputs } = examples(network, 1);
  const shape = [1, ...network.inputShape];
  const call = compile((x: Tensor) => model.call(x, new Run()), { device });
  const predict = async (): Promise<ArrayLike<number>> => (await call(fromData(inputs, shape))).data();
  const predictSync = (): ArrayLike<number> => call.sync(fromData(inputs, shape)).dataSync();
  return {
    check: async () => Array.from(await predict()),
    round: repeat(
      device.sync === undefined ? async () => void (await predict()) : () => void predictSync(), //
      { each: true },
    ),
  };
}
