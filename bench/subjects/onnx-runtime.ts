import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Setting, SubjectFault } from "../driver/protocol.ts";
import manifest from "../node_modules/onnxruntime-node/package.json" with { type: "json" };
import { ADAM, comparedParts, comparedRows, operands } from "../workloads/answer.ts";
import { batchesOf, CLASSES, examples, initialParams, product } from "../workloads/network.ts";
import type { WorkloadOf } from "../workloads/workload.ts";
import { OnnxGraph } from "./onnx-model.ts";
import { adamModel, adamScalars, apply, isWritable, nextOf, type StateSpec, trainingModel } from "./onnx-training.ts";
import { prepareBy, type Subject, type Task, type TaskMakers, withoutRecipe } from "./subject.ts";
import { repeat } from "./timing.ts";

/** @file ONNX Runtime in Node. It cannot train by itself, so the whole step is a graph. */

type Feeds = Record<string, Tensor>;

export async function open({ threads }: Setting): Promise<Subject> {
  const load = (model: Uint8Array): Promise<InferenceSession> =>
    InferenceSession.create(model, { intraOpNumThreads: threads, graphOptimizationLevel: "all" });
  const makers: TaskMakers = {
    step: (step) => stepTask(load, step),
    predict: (predict) => predictTask(load, predict),
    gemm: (gemm) => gemmTask(load, gemm),
    adam: (adam) => adamTask(load, adam),
    recipe: withoutRecipe,
  };
  return {
    description: { version: manifest.version },
    prepare: (workload) => prepareBy(makers, workload),
  };
}

type Load = (model: Uint8Array) => Promise<InferenceSession>;

const floats = (data: Float32Array, shape: readonly number[]): Tensor => new Tensor("float32", data, [...shape]);
const scalar = (x: number): Tensor => floats(Float32Array.of(x), []);

/** Two copies of the state, from one of which a run reads while it writes the other. */
class StatePair {
  readonly #specs: readonly StateSpec[];
  #now: readonly Tensor[];
  #next: readonly Tensor[];

  constructor(specs: readonly StateSpec[], params: readonly Float32Array[]) {
    const make = ({ shape, param }: StateSpec): Tensor =>
      floats(param === undefined ? new Float32Array(product(shape)) : params[param]!.slice(), shape);
    this.#specs = specs;
    this.#now = specs.map(make);
    this.#next = specs.map(make);
  }

  get first(): Float32Array {
    return this.#now[0]!.data as Float32Array;
  }

  async run(session: InferenceSession, feeds: Feeds, fetches: Feeds = {}): Promise<void> {
    const inputs: Feeds = { ...feeds };
    const outputs: Feeds = { ...fetches };
    this.#specs.forEach(({ name }, i) => {
      inputs[name] = this.#now[i]!;
      outputs[nextOf(name)] = this.#next[i]!;
    });
    await session.run(inputs, outputs);
    [this.#now, this.#next] = [this.#next, this.#now];
  }
}

function adamFeeds(t: number): Feeds {
  const { rate, rootCorrection } = adamScalars(t);
  return { rate: scalar(rate), rootCorrection: scalar(rootCorrection) };
}

async function stepTask(load: Load, workload: WorkloadOf<"step">): Promise<Task> {
  const { network, batch, optimizer, checkedSteps } = workload;
  if (!isWritable(network)) throw new SubjectFault("unsupported", "its gradient is not written as a graph here");
  const { bytes, states } = trainingModel(network, batch, optimizer);
  const session = await load(bytes);
  const data = batchesOf(network, batch).map(({ inputs, targets }) => {
    const oneHot = new Float32Array(batch * CLASSES);
    for (let row = 0; row < batch; row++) oneHot[row * CLASSES + targets[row]!] = 1;
    return {
      inputs: floats(inputs, [batch, ...network.inputShape]),
      targets: floats(oneHot, [batch, CLASSES]),
    };
  });
  const initial = initialParams(network)
    .flat()
    .map(({ values }) => values);
  const loss = scalar(0);
  const start = () => {
    const state = new StatePair(states, initial);
    let t = 0;
    return (i: number) => {
      t++;
      const scalars = optimizer.kind === "adam" ? adamFeeds(t) : {};
      return state.run(session, { ...data[i]!, ...scalars }, { loss });
    };
  };
  const step = start();
  let position = 0;
  return {
    async check() {
      const losses: number[] = [];
      const checked = start();
      for (let i = 0; i < checkedSteps; i++) {
        await checked(0);
        losses.push((loss.data as Float32Array)[0]!);
      }
      return losses;
    },
    round: repeat(async () => {
      await step(position);
      position = (position + 1) % data.length;
      return 1;
    }),
  };
}

async function predictTask(load: Load, { network }: WorkloadOf<"predict">): Promise<Task> {
  const graph = new OnnxGraph();
  let value = graph.input("inputs", [1, ...network.inputShape]);
  let shape: readonly number[] = [1, ...network.inputShape];
  const params = initialParams(network);
  network.layers.forEach((layer, i) => {
    const constants = params[i]!.map((param) => graph.constant([...param.values], param.shape));
    ({ value, shape } = apply(graph, layer, value, shape, constants));
  });
  graph.output("outputs", value, shape);
  const session = await load(graph.finish());
  const { inputs } = examples(network, 1);
  const predict = async (): Promise<Float32Array> => {
    const { outputs } = await session.run({ inputs: floats(inputs, [1, ...network.inputShape]) });
    return outputs!.data as Float32Array;
  };
  return {
    check: async () => Array.from(await predict()),
    round: repeat(async () => (await predict()) && 1, { each: true }),
  };
}

async function gemmTask(load: Load, { n }: WorkloadOf<"gemm">): Promise<Task> {
  const graph = new OnnxGraph();
  graph.output("c", graph.add("MatMul", [graph.input("a", [n, n]), graph.input("b", [n, n])]), [n, n]);
  const session = await load(graph.finish());
  const [a, b] = operands(n * n).map((values) => floats(values, [n, n])) as [Tensor, Tensor];
  const c = new Float32Array(n * n);
  const fetches = { c: floats(c, [n, n]) };
  const run = async (): Promise<number> => {
    await session.run({ a, b }, fetches);
    return 1;
  };
  return {
    async check() {
      await run();
      return comparedRows(c, n);
    },
    round: repeat(run),
  };
}

async function adamTask(load: Load, { size }: WorkloadOf<"adam">): Promise<Task> {
  const { bytes, states } = adamModel(size);
  const session = await load(bytes);
  const [params, grads] = operands(size);
  const state = new StatePair(states, [params]);
  const grad = floats(grads, [size]);
  let t = 0;
  const step = async (): Promise<number> => {
    t++;
    await state.run(session, { grad, ...adamFeeds(t) });
    return 1;
  };
  return {
    async check() {
      for (let i = 0; i < ADAM.checkedSteps; i++) await step();
      return comparedParts(state.first);
    },
    round: repeat(step),
  };
}
