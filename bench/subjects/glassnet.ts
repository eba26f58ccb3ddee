import { adam, crossEntropy, type Dataset, dataset, type StepEvent, sgd, type Training, train } from "glassnet";
import type { Device } from "glassnet/engine";
import manifest from "../../packages/glassnet/package.json" with { type: "json" };
import { type Setting, SubjectFault } from "../driver/protocol.ts";
import { ADAM, comparedParts, comparedRows, operands } from "../workloads/answer.ts";
import { batchCount, examples } from "../workloads/network.ts";
import type { WorkloadOf } from "../workloads/workload.ts";
import { openBackend } from "./glassnet-device.ts";
import { SpecModel } from "./glassnet-model.ts";
import { compiledTask, predictorTask } from "./glassnet-predict.ts";
import { adamRows, loadAdam, loadProduct } from "./glassnet-program.ts";
import { prepareBy, type Subject, type Task, type TaskMakers } from "./subject.ts";
import { repeat } from "./timing.ts";

/** @file Glassnet through its public entries, on the backend that the setting names. */

export async function open(setting: Setting): Promise<Subject> {
  const device = await openBackend(setting);
  const way = setting.options?.way;
  const makers: TaskMakers = {
    step: (step) => stepTask(device, step),
    predict: (predict) => (way === "compile" ? compiledTask(device, predict) : predictorTask(device, predict)),
    gemm: (gemm) => gemmTask(device, gemm),
    adam: (adam) => adamTask(device, adam, way === "guarded"),
    recipe: async (recipe) => (await import("./glassnet-recipe.ts")).recipeTask(device, recipe),
  };
  return {
    description: { version: `${manifest.version} (${device.variant})` },
    prepare: (workload) => prepareBy(makers, workload),
  };
}

/** Steps of `train`, as everybody would run them: rows are gathered, losses come back, weights are guarded. */
function stepTask(device: Device, workload: WorkloadOf<"step">): Task {
  const { network, batch, checkedSteps } = workload;
  const rule = workload.optimizer;
  const optimizer = rule.kind === "sgd" ? sgd() : adam();
  const start = (data: Dataset, epochs: number): Training =>
    train(new SpecModel(network), data, {
      loss: crossEntropy,
      optimizer,
      learningRate: rule.learningRate,
      batchSize: batch,
      epochs,
      empiricalLoss: "never",
      device,
    });
  const data = (batches: number): Dataset => {
    const rows = batches * batch;
    const { inputs, targets } = examples(network, rows);
    return dataset({
      name: workload.name,
      inputs: { dtype: "f32", shape: [rows, ...network.inputShape], data: inputs },
      targets: { dtype: "i32", shape: [rows, ...network.targetShape], data: targets },
    });
  };
  const training = start(data(batchCount(network, batch)), Number.MAX_SAFE_INTEGER);
  return {
    async check() {
      const losses: number[] = [];
      for await (const event of start(data(1), checkedSteps)) if (event.kind === "step") losses.push(...event.losses);
      return losses;
    },
    round: repeat(async () => (await nextSteps(training)).losses.length),
  };
}

async function nextSteps(training: Training): Promise<StepEvent> {
  for (;;) {
    const { value, done } = await training.next();
    if (done === true) throw new SubjectFault("failed", "the training ended");
    if (value.kind === "step") return value;
    if (value.kind === "end") throw new SubjectFault("failed", `the training ended: ${value.reason}`);
  }
}

/** How long one call runs: long enough that the call itself costs nothing, as in training. */
const CALL_MS = 1;

/** How many steps fill a call, by what one took. */
async function stepsPerCall(run: (steps: number) => Promise<unknown>): Promise<number> {
  await run(1);
  const begin = performance.now();
  await run(1);
  return Math.max(1, Math.min(256, Math.round(CALL_MS / (performance.now() - begin))));
}

async function gemmTask(device: Device, { n }: WorkloadOf<"gemm">): Promise<Task> {
  const [a, b] = operands(n * n);
  const { loaded } = await loadProduct(device, n, a, b);
  const run = (steps: number) => device.run(loaded, { steps });
  const steps = await stepsPerCall(run);
  return {
    async check() {
      const c = await device.read("c");
      return comparedRows(c, n);
    },
    round: repeat(async () => (await run(steps)).steps),
  };
}

async function adamTask(device: Device, { size }: WorkloadOf<"adam">, isGuarded: boolean): Promise<Task> {
  const [w, g] = operands(size);
  const { loaded } = await loadAdam(device, w, g, { isGuarded });
  let done = 0;
  let steps = 0;
  const run = async (count: number): Promise<number> => {
    await device.run(loaded, { steps: count, rows: adamRows(done + 1, count) });
    done += count;
    return count;
  };
  return {
    async check() {
      await run(ADAM.checkedSteps);
      const updated = await device.read("w");
      return comparedParts(updated);
    },
    round: repeat(async () => {
      if (steps === 0) steps = await stepsPerCall(run); // not before the check, as it trains
      return run(steps);
    }),
  };
}
