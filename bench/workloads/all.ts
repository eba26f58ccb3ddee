import { convNet, lenet, mlp, type Network, transformer } from "./network.ts";
import type { OptimizerSpec, Workload } from "./workload.ts";

const sgd: OptimizerSpec = { kind: "sgd", learningRate: 0.1 };
const adam: OptimizerSpec = { kind: "adam", learningRate: 0.001 };

function step(network: Network, batch: number, optimizer: OptimizerSpec, checkedSteps = 5): Workload {
  const name = `step ${network.name}, batch ${batch}, ${optimizer.kind === "sgd" ? "SGD" : "Adam"}`;
  return { kind: "step", name, network, batch, optimizer, checkedSteps };
}

const small = mlp(784, 128, 10);
const middle = mlp(784, 512, 512, 10);
const large = mlp(784, 2048, 2048, 10);

const gemm = (n: number, threads?: number): Workload => ({
  kind: "gemm",
  name: `GEMM n = ${n}${threads === undefined ? "" : ", one thread"}`,
  n,
  ...(threads !== undefined && { threads }),
});

const update = (size: number): Workload => ({
  kind: "adam",
  name: `Adam, ${size.toLocaleString("en")} parameters`,
  size,
});

/** Seed and data are filled in for each run. PyTorch reached between 98.13 and 98.27 % with the first three seeds. */
const recipe: Workload = {
  kind: "recipe",
  name: "MNIST 784-256-10 to 98 %, from the start of the process",
  sizes: [784, 256, 10],
  batch: 128,
  epochs: 5,
  learningRate: 0.2,
  momentum: 0.9,
  seed: 0,
  data: "",
};

const all: readonly Workload[] = [
  ...[1, 32, 128, 512].flatMap((batch) => [step(small, batch, sgd), step(small, batch, adam)]),
  step(middle, 128, sgd),
  step(middle, 128, adam),
  step(large, 512, sgd, 2),
  step(large, 512, adam, 2),
  step(lenet, 64, sgd),
  step(lenet, 64, adam),
  step(convNet, 64, sgd),
  step(convNet, 64, adam),
  step(transformer, 16, { ...adam, learningRate: 1e-4 }, 3),
  { kind: "predict", name: "predict 784-128-10, one example", network: small },
  ...[64, 128, 256, 512, 1024, 2048].map((n) => gemm(n)),
  ...[64, 128, 256, 512, 1024, 2048].map((n) => gemm(n, 1)),
  ...[1e5, 1e6, 1e7].map(update),
  recipe,
];

/** Where subjects live: in processes of Node and Python, or in pages of a browser. */
export type Place = "processes" | "chromium";

/** A workload in a place, which has a table of its own. */
export interface Trial {
  readonly title: string;
  readonly place: Place;
  readonly workload: Workload;
}

const inBrowser = new Set([
  "step 784-128-10, batch 32, SGD",
  "step 784-128-10, batch 128, Adam",
  "step 784-512-512-10, batch 128, SGD",
  "step LeNet-5, batch 64, SGD",
  "predict 784-128-10, one example",
  "GEMM n = 512",
  "Adam, 1,000,000 parameters",
]);

/** Everything that is measured, in the order of the report. */
export const trials: readonly Trial[] = [
  ...all.map((workload): Trial => ({ title: workload.name, place: "processes", workload })),
  ...all
    .filter(({ name }) => inBrowser.has(name))
    .map((workload): Trial => ({ title: `Chromium: ${workload.name}`, place: "chromium", workload })),
];
