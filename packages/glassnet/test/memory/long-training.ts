/**
 * @file Long trainings in one process, one on each of the backends that are named, which take turns epoch by epoch. Started
 * with --expose-gc. After each window of time it notes what the process holds. Prints one JSON object.
 *
 *   node --expose-gc --import tsx --conditions=@glassnet/source long-training.ts <seconds> <windows> <backend> …
 */
import {
  adam,
  crossEntropy,
  dataset,
  dropout,
  linear,
  openDevice,
  Rng,
  relu,
  sequential,
  sliceRows,
  train,
} from "glassnet";
import { type Sample, settled } from "./settled.ts";

/** What WebAssembly has been given, shared memory included: the process does not tell it apart. */
const memories: WebAssembly.Memory[] = [];
WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor: ConstructorParameters<typeof WebAssembly.Memory>[0]) {
    super(descriptor);
    memories.push(this);
  }
};
const wasmBytes = (): number => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

export interface LongTraining {
  /** Steps of each training by its backend. */
  readonly steps: Readonly<Record<string, number>>;
  readonly samples: readonly (Sample & { readonly wasm: number })[];
}

const MAX_EPOCHS = 1e6;

const rng = Rng.seeded(1);
const noise = dataset({
  name: "noise",
  inputs: rng.normal([2500, 784]),
  targets: rng.integers([2500], 0, 10),
  classNames: [..."0123456789"],
});
const [data, validation] = [sliceRows(noise, 0, 2000), sliceRows(noise, 2000, 2500)];

/** A training that goes on for ever, epoch by epoch. */
async function* begin(backend: "native" | "wasm"): AsyncGenerator<number> {
  const device = await openDevice({ backend, threads: 2 });
  const model = sequential(linear(784, 128, { rng }), relu, dropout(0.1), linear(128, 10, { rng }));
  const options = { loss: crossEntropy, optimizer: adam(), batchSize: 32, epochs: MAX_EPOCHS };
  for await (const event of train(model, data, { ...options, validation, keepBest: true, device })) {
    if (event.kind === "epoch") yield event.step;
  }
}

const [seconds = 0, windows = 0] = process.argv.slice(2, 4).map(Number);
const backends = process.argv.slice(4) as ("native" | "wasm")[];
const trainings = new Map(backends.map((backend) => [backend, begin(backend)]));
const steps: Record<string, number> = {};
const samples: LongTraining["samples"][number][] = [];
for (let i = 0; i < windows; i++) {
  const end = performance.now() + (1000 * seconds) / windows;
  while (performance.now() < end) {
    for (const [backend, training] of trainings) {
      const { value, done } = await training.next();
      if (done === true) throw new Error(`the training on ${backend} has ended`);
      steps[backend] = value;
    }
  }
  samples.push({ ...(await settled()), wasm: wasmBytes() });
}
process.stdout.write(JSON.stringify({ steps, samples } satisfies LongTraining));
process.exit(); // the trainings have not ended
