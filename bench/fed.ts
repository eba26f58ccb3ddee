/**
 * @file What it brings to gather the next batches while the device runs: a training whose data lies on the device, one whose data is
 * fed, the same always overlapped, and the same on a device that blocks. They take turns, epoch by epoch.
 *
 *   node --import tsx --conditions=@glassnet/source bench/fed.ts [rounds]
 */
import { availableParallelism, loadavg } from "node:os";
import { crossEntropy, dataset, linear, openDevice, Rng, relu, sequential, train } from "glassnet";
import type { Device } from "glassnet/engine";

const rounds = Number(process.argv[2] ?? 9);
const rng = Rng.seeded(1);
const data = dataset({
  name: "noise",
  inputs: rng.normal([8192, 784]),
  targets: rng.integers([8192], 0, 10),
  classNames: [..."0123456789"],
});

/** The same device, for which rows are gathered meanwhile even where it has every processor. */
const overlapping = (device: Device): Device => ({
  ...device,
  threads: Math.min(device.threads, availableParallelism() - 1),
});

/** The same device, whose runs occupy the calling thread. */
const blocking = (device: Device): Device => ({
  ...device,
  run: async (loaded, request) => device.sync!.run(loaded, request),
});

/** A training that goes on, epoch by epoch. */
async function* epochs(device: Device, hidden: number, maxDataBytes: number): AsyncGenerator<void> {
  const model = sequential(
    linear(784, hidden, { rng: Rng.seeded(2) }),
    relu,
    linear(hidden, 10, { rng: Rng.seeded(3) }),
  );
  const options = {
    loss: crossEntropy,
    batchSize: 128,
    epochs: 1e6,
    device,
    maxDataBytes,
    empiricalLoss: "never" as const,
  };
  for await (const event of train(model, data, options)) if (event.kind === "epoch") yield;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

console.log(`${availableParallelism()} processors, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}`);
for (const hidden of [128, 512]) {
  for (const [backend, threads] of [
    ["native", 1],
    ["native", 2],
    ["wasm", 2],
  ] as const) {
    const device = await openDevice({ backend, threads });
    const trainings = {
      resident: epochs(device, hidden, 2 ** 30),
      fed: epochs(device, hidden, 0),
      "fed, overlapped": epochs(overlapping(device), hidden, 0),
      "fed, one after the other": epochs(blocking(device), hidden, 0),
    };
    const times: Record<string, number[]> = {};
    for (let round = 0; round <= rounds; round++) {
      for (const [name, training] of Object.entries(trainings)) {
        const begin = performance.now();
        await training.next();
        const ms = (performance.now() - begin) / (8192 / 128);
        if (round > 0) times[name] = [...(times[name] ?? []), ms];
      }
    }
    const text = Object.entries(times).map(([name, list]) => `${name} ${median(list).toFixed(3)}`);
    console.log(`784-${hidden}-10, batch 128, ${backend}, threads: ${threads}: ms a step: ${text.join("; ")}`);
  }
}
process.exit();
