/**
 * @file Trains a small network on real digits and prints a hash of its weights: run twice, in processes of their own, by
 * `same-bits.test.ts`. What is printed is not pinned: the last bit of Math.exp belongs to the engine.
 */
import { createHash } from "node:crypto";
import {
  crossEntropy,
  dropout,
  flatten,
  linear,
  Rng,
  relu,
  type Snapshot,
  sequential,
  sliceRows,
  train,
  variablesOf,
} from "glassnet";
import { loadMnist } from "glassnet/node";

const [seed = 0, isResumed = 0] = process.argv.slice(2).map(Number);
const digits = sliceRows((await loadMnist()).train, 0, 500);
const makeModel = () => {
  const rng = Rng.seeded(seed);
  return sequential(flatten(), linear(784, 16, { rng }), relu, dropout(0.2), linear(16, 10, { rng }));
};
const model = makeModel();
const options = { loss: crossEntropy, epochs: 2, batchSize: 32, seed };

let restore: Snapshot | undefined;
if (isResumed === 1) {
  const begun = train(makeModel(), digits, options);
  for await (const event of begun) {
    if (event.kind !== "step" || event.step < 5) continue;
    restore = await begun.snapshot();
    break;
  }
}
for await (const _ of train(model, digits, { ...options, ...(restore && { restore }) }));
const hash = createHash("sha256");
for (const [path, { value }] of variablesOf(model)) hash.update(path).update(await value.data());
process.stdout.write(hash.digest("hex"));
