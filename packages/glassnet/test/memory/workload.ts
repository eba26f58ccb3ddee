/**
 * @file What the tests of memory run in a process of its own, started with --expose-gc: a warm-up, then windows of equal
 * work. After each window it collects garbage and notes what is left. Prints one JSON array.
 *
 *   node --expose-gc --import tsx --conditions=@glassnet/source workload.ts <name> <warm-up> <windows> <work per window>
 */
import {
  adamW,
  compile,
  compute,
  crossEntropy,
  dataset,
  dropout,
  evaluate,
  fromArray,
  keyOf,
  linear,
  Param,
  Rng,
  Run,
  relu,
  scalar,
  sequential,
  type Tensor,
  tensor,
  train,
  valueAndGrad,
} from "glassnet";
import { type Sample, settled } from "./settled.ts";

const rng = Rng.seeded(1);
const digits = dataset({
  name: "noise",
  inputs: rng.normal([500, 20]),
  targets: rng.integers([500], 0, 4),
  classNames: ["a", "b", "c", "d"],
});
const makeModel = () => sequential(linear(20, 16, { rng }), relu, dropout(0.1), linear(16, 4, { rng }));

interface Workload {
  /** One piece of work. */
  readonly work: () => Promise<void>;
  /** Computes what is pending, so that every measurement sees the same moment. */
  readonly settle?: () => Promise<void>;
}

const workloads: Readonly<Record<string, () => Workload>> = {
  /** A whole training: programs, state, metrics, validation, best weights. */
  training: () => ({
    work: async () => {
      const model = makeModel();
      const options = { loss: crossEntropy, epochs: 2, validation: digits, keepBest: true, batchSize: 48 };
      const training = train(model, digits, { ...options, optimizer: adamW() });
      for await (const event of training) if (event.kind === "epoch") await training.snapshot();
      await evaluate(model, digits, { loss: crossEntropy });
    },
  }),

  /** A step of a loop written by hand, compiled once. */
  compiled: () => {
    const model = makeModel();
    const velocity = new Param(tensor(new Array<number>(320).fill(0)));
    const step = compile((x: Tensor, y: Tensor, rate: Tensor, words: Tensor) => {
      const run = new Run({ training: true, key: { words, stream: 0 } });
      const { value, grads } = valueAndGrad((m: typeof model) => crossEntropy(m.call(x, run), y))(model);
      const first = model.layers[0] as unknown as { weight: Param; bias: Param };
      const v = velocity.value.mul(0.9).add(grads["layers.0.weight"]!.reshape([320]));
      velocity.assign(v);
      first.weight.assign(first.weight.value.sub(v.reshape([16, 20]).mul(rate)));
      first.bias.assign(first.bias.value.sub(grads["layers.0.bias"]!.mul(rate)));
      return value;
    });
    const x = tensor(Array.from({ length: 8 }, (_, i) => Array.from({ length: 20 }, (_, k) => Math.sin(i + k))));
    const y = tensor([0, 1, 2, 3, 0, 1, 2, 3], { dtype: "i32" });
    const rate = tensor(1e-4);
    let count = 0;
    const work = async () => {
      const loss = await step(x, y, rate, keyOf(1, count++).words);
      if (!Number.isFinite(await loss.item())) throw new Error("the loss is not finite");
    };
    return { work };
  },

  /** The same in plain lazy tensors; the loss is read now and then, the weights only to measure. */
  lazy: () => {
    let w = tensor([
      [0.1, -0.2, 0.3],
      [0.2, 0.1, -0.1],
    ]);
    let v = w.mul(0);
    const x = tensor([
      [1, 2],
      [-1, 0.5],
      [0.3, -2],
    ]);
    const y = tensor([0, 1, 2], { dtype: "i32" });
    const lossOf = valueAndGrad((weights: Tensor) => crossEntropy(x.matmul(weights), y));
    let count = 0;
    const work = async () => {
      const { value, grads } = lossOf(w);
      v = v.mul(0.9).add(grads);
      w = w.sub(v.mul(1e-4));
      if (++count % 50 === 0 && !Number.isFinite(await value.item())) throw new Error("the loss is not finite");
    };
    return { work, settle: () => compute([v, w]) };
  },

  /** What the tests must notice: a small tensor is kept at each step. */
  leaking: () => {
    const kept: Tensor[] = [];
    const { work } = workloads.compiled!();
    return {
      work: async () => {
        await work();
        kept.push(scalar(kept.length));
      },
    };
  },

  /** The same outside the heap: the numbers of a tensor. */
  hoarding: () => {
    const kept: Tensor[] = [];
    const { work } = workloads.compiled!();
    return {
      work: async () => {
        await work();
        kept.push(fromArray(rng.uniform([50])));
      },
    };
  },

  /** Compiled functions, and parameters that they keep on the device, that nobody releases. */
  forgotten: () => ({
    work: async () => {
      const weight = new Param(fromArray(rng.uniform([200])));
      const step = compile((x: Tensor) => {
        weight.assign(weight.value.sub(x.mul(weight)));
        return weight.value.sum();
      });
      await step(scalar(0.1));
      await step(scalar(0.2));
    },
  }),
};

const [name = "", ...numbers] = process.argv.slice(2);
const [warmUp = 0, windows = 0, perWindow = 0] = numbers.map(Number);
const { work, settle } = workloads[name]!();
const repeat = async (count: number) => {
  for (let i = 0; i < count; i++) await work();
  await settle?.();
};
const samples: Sample[] = [];
await repeat(warmUp);
for (let i = 0; i < windows; i++) {
  await repeat(perWindow);
  samples.push(await settled());
}
process.stdout.write(JSON.stringify(samples));
