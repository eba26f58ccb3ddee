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

/** Everything that is measured, in the order of the report. */
export const workloads: readonly Workload[] = [
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
];
