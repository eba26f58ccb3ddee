/**
 * @file How much JavaScript heap the steps of a training take, in the steady state, whoever listens included. Started with
 * --expose-gc and a nursery that is never full, so that nothing is collected meanwhile. Prints one number: bytes a step.
 *
 *   node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 --import tsx --conditions=@glassnet/source \
 *     allocation.ts <backend> <calls> [most steps of a call]
 */
import { adam, crossEntropy, dataset, linear, openDevice, Rng, relu, sequential, train } from "glassnet";

const [backend, calls, most = Number.POSITIVE_INFINITY] = [
  process.argv[2] as "native" | "wasm" | "reference",
  ...process.argv.slice(3).map(Number),
];
const { gc } = globalThis;
if (gc === undefined) throw new Error("start it with --expose-gc");
const rng = Rng.seeded(1);
const data = dataset({ name: "noise", inputs: rng.normal([8192, 784]), targets: rng.integers([8192], 0, 10) });
const model = sequential(linear(784, 128, { rng }), relu, linear(128, 10, { rng }));
const device = await openDevice({ backend, threads: 2 });
const options = {
  loss: crossEntropy,
  optimizer: adam(),
  batchSize: 32,
  epochs: 1e6,
  stepsPerEvent: () => most,
  device,
};
/** Calls until V8 has compiled what they run. */
const WARM_UP = 600;

let [call, steps, before] = [0, 0, 0];
for await (const event of train(model, data, { ...options, empiricalLoss: "never" })) {
  if (event.kind !== "step") continue;
  if (call === WARM_UP) {
    void gc();
    [steps, before] = [0, process.memoryUsage().heapUsed];
  } else {
    steps += event.losses.length;
  }
  if (call++ === WARM_UP + calls!) break;
}
process.stdout.write(JSON.stringify((process.memoryUsage().heapUsed - before) / steps));
process.exit(0);
