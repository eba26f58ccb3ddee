import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { type Setting, SubjectFault } from "../driver/protocol.ts";
import manifest from "../node_modules/@jax-js/jax/package.json" with { type: "json" };
import { ADAM, comparedParts, comparedRows, operands } from "../workloads/answer.ts";
import { batchesOf, CLASSES, examples, initialParams, type LayerSpec, product } from "../workloads/network.ts";
import type { WorkloadOf } from "../workloads/workload.ts";
import { prepareBy, type Subject, type Task, type TaskMakers, withoutRecipe } from "./subject.ts";
import { repeat } from "./timing.ts";

/**
 * @file jax-js, the step as one jitted function. Arrays are counted: whatever is passed is given away, and `ref` keeps a
 * share.
 */

type Params = np.Array[][];

export async function open({ threads }: Setting): Promise<Subject> {
  const workers = workerCount();
  if (Math.max(1, workers) !== threads) {
    throw new SubjectFault("unsupported", `takes ${workers} workers here, asked for ${threads} threads`);
  }
  const devices = await init("wasm");
  if (!devices.includes("wasm")) throw new SubjectFault("absent", "its wasm device does not start");
  defaultDevice("wasm");
  const makers: TaskMakers = {
    step: stepTask,
    predict: predictTask,
    gemm: gemmTask,
    adam: adamTask,
    recipe: withoutRecipe,
  };
  return {
    description: { version: workers === 0 ? manifest.version : `${manifest.version}, ${workers} workers` },
    prepare: (workload) => prepareBy(makers, workload),
  };
}

/** As it counts them itself (`createWorkerPool`): one for each processor, if memory can be shared. */
function workerCount(): number {
  if (typeof SharedArrayBuffer === "undefined" || typeof Worker === "undefined") return 0;
  return Math.max(1, navigator.hardwareConcurrency || 4);
}

function forward(layers: readonly LayerSpec[], params: Params, x: np.Array): np.Array {
  return layers.reduce((y, layer, i) => apply(layer, y, params[i]!), x);
}

function apply(layer: LayerSpec, x: np.Array, params: np.Array[]): np.Array {
  switch (layer.kind) {
    case "linear":
      return affine(x, params);
    case "conv": {
      const [weight, bias] = params as [np.Array, np.Array];
      const { padding } = layer;
      const y = lax.convGeneralDilated(
        x,
        weight,
        [1, 1],
        [
          [padding, padding],
          [padding, padding],
        ],
      );
      return y.add(bias.reshape([layer.out, 1, 1]));
    }
    case "relu":
      return nn.relu(x);
    case "maxPool": {
      return lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
    }
    case "flatten":
      return x.reshape([x.shape[0]!, -1]);
    case "transformer":
      return transformerBlock(x, params, layer.heads);
  }
}

/** Weights of linear layers are kept as [in, out]. */
function affine(x: np.Array, [weight, bias]: np.Array[]): np.Array {
  return np.matmul(x, weight!).add(bias!);
}

function transformerBlock(x: np.Array, params: np.Array[], heads: number): np.Array {
  const [batch, tokens, width] = x.shape as [number, number, number];
  const part = (from: number) => params.slice(from, from + 2) as [np.Array, np.Array];
  const norm = (y: np.Array, from: number) => {
    const [scale, shift] = part(from);
    return nn.standardize(y).mul(scale).add(shift);
  };
  const normed = norm(x.ref, 0);
  const split = (from: number) => affine(normed.ref, part(from)).reshape([batch, tokens, heads, width / heads]);
  const mixed = nn.dotProductAttention(split(2), split(4), split(6)).reshape([batch, tokens, width]);
  normed.dispose();
  const attended = x.add(affine(mixed, part(8)));
  const hidden = nn.gelu(affine(norm(attended.ref, 10), part(12)), { approximate: false });
  return attended.add(affine(hidden, part(14)));
}

const array = (values: Float32Array<ArrayBuffer>, shape: readonly number[]): np.Array =>
  np.array(values).reshape([...shape]);

function paramsOf({ network }: WorkloadOf<"step"> | WorkloadOf<"predict">): Params {
  return initialParams(network).map((layer) =>
    layer.map(({ shape, values }) => {
      const param = array(values, shape);
      return shape.length === 2 ? np.transpose(param) : param;
    }),
  );
}

const zerosLike = (params: Params): Params => params.map((layer) => layer.map((p) => np.zeros(p.shape)));

/** One parameter and its moments. */
interface Moments extends Record<string, np.Array> {
  p: np.Array;
  m: np.Array;
  v: np.Array;
}

function adamUpdate({ p, m, v }: Moments, g: np.Array, rate: np.Array, rootCorrection: np.Array): Moments {
  const nextM = m.mul(ADAM.beta1).add(g.ref.mul(1 - ADAM.beta1));
  const nextV = v.mul(ADAM.beta2).add(g.ref.mul(g).mul(1 - ADAM.beta2));
  const root = np.sqrt(nextV.ref).mul(rootCorrection).add(ADAM.epsilon);
  return { p: p.sub(nextM.ref.mul(rate).div(root)), m: nextM, v: nextV };
}

/** η/(1−β₁ᵗ) and 1/√(1−β₂ᵗ). */
function adamScalars(t: number): [np.Array, np.Array] {
  return [np.array(ADAM.learningRate / (1 - ADAM.beta1 ** t)), np.array(1 / Math.sqrt(1 - ADAM.beta2 ** t))];
}

function stepTask(workload: WorkloadOf<"step">): Task {
  const { network, batch, checkedSteps, optimizer } = workload;
  const batches = batchesOf(network, batch);
  const perBatch = batch * product(network.targetShape);
  const xs = batches.map(({ inputs }) => array(inputs, [batch, ...network.inputShape]));
  const ys = batches.map(({ targets }) => nn.oneHot(np.array(targets), CLASSES));
  const loss = (params: Params, x: np.Array, y: np.Array): np.Array => {
    const logits = forward(network.layers, params, x).reshape([perBatch, CLASSES]);
    return np.sum(nn.logSoftmax(logits).mul(y)).mul(-1 / perBatch);
  };
  const withGrads = valueAndGrad(loss);
  const sgdStep = jit((params: Params, x: np.Array, y: np.Array): [np.Array, Params] => {
    const [value, grads] = withGrads(tree.ref(params), x, y) as [np.Array, Params];
    return [value, params.map((layer, i) => layer.map((p, k) => p.sub(grads[i]![k]!.mul(optimizer.learningRate))))];
  });
  const adamStep = jit(
    (
      params: Params,
      ms: Params,
      vs: Params,
      x: np.Array,
      y: np.Array,
      rate: np.Array,
      rootCorrection: np.Array,
    ): [np.Array, Params, Params, Params] => {
      const [value, grads] = withGrads(tree.ref(params), x, y) as [np.Array, Params];
      const next = params.map((layer, i) =>
        layer.map((p, k) =>
          adamUpdate({ p, m: ms[i]![k]!, v: vs[i]![k]! }, grads[i]![k]!, rate.ref, rootCorrection.ref),
        ),
      );
      const pick = (name: "p" | "m" | "v") => next.map((layer) => layer.map((moments) => moments[name]!));
      return [value, pick("p"), pick("m"), pick("v")];
    },
  );

  const start = () => {
    let params = paramsOf(workload);
    let [ms, vs] = optimizer.kind === "adam" ? [zerosLike(params), zerosLike(params)] : [[], []];
    let t = 0;
    return async (i: number): Promise<np.Array> => {
      let value: np.Array;
      t++;
      if (optimizer.kind === "sgd") [value, params] = sgdStep(params, xs[i]!.ref, ys[i]!.ref);
      else {
        const [correction, root] = adamScalars(t);
        const rate = correction.mul(optimizer.learningRate / ADAM.learningRate);
        [value, params, ms, vs] = adamStep(params, ms, vs, xs[i]!.ref, ys[i]!.ref, rate, root);
      }
      await blockUntilReady(params);
      return value;
    };
  };
  const step = start();
  let position = 0;
  return {
    async check() {
      const losses: number[] = [];
      const checked = start();
      for (let i = 0; i < checkedSteps; i++) losses.push((await (await checked(0)).data())[0]!);
      return losses;
    },
    round: repeat(async () => {
      (await step(position)).dispose();
      position = (position + 1) % batches.length;
      return 1;
    }),
  };
}

function predictTask(workload: WorkloadOf<"predict">): Task {
  const { network } = workload;
  const params = paramsOf(workload);
  const { inputs } = examples(network, 1);
  const call = jit((weights: Params, x: np.Array) => forward(network.layers, weights, x));
  const predict = (): ArrayLike<number> =>
    call(tree.ref(params), np.array(inputs).reshape([1, ...network.inputShape])).dataSync();
  return {
    check: async () => Array.from(predict()),
    round: repeat(() => predict() && 1, { each: true }),
  };
}

function gemmTask({ n }: WorkloadOf<"gemm">): Task {
  const [a, b] = operands(n * n).map((values) => array(values, [n, n])) as [np.Array, np.Array];
  const multiply = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
  return {
    async check() {
      const c = await multiply(a.ref, b.ref).data();
      return comparedRows(c, n);
    },
    round: repeat(async () => {
      (await multiply(a.ref, b.ref).blockUntilReady()).dispose();
      return 1;
    }),
  };
}

function adamTask({ size }: WorkloadOf<"adam">): Task {
  const [params, grads] = operands(size);
  const g = np.array(grads);
  const update = jit(adamUpdate);
  let moments: Moments = { p: np.array(params), m: np.zeros([size]), v: np.zeros([size]) };
  let t = 0;
  const step = async (): Promise<number> => {
    moments = update(moments, g.ref, ...adamScalars(++t));
    await blockUntilReady(moments);
    return 1;
  };
  return {
    async check() {
      for (let i = 0; i < ADAM.checkedSteps; i++) await step();
      const updated = await moments.p.ref.data();
      return comparedParts(updated);
    },
    round: repeat(step),
  };
}
