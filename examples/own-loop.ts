/**
 * A training loop of your own. One step is compiled into one program: dropout, loss, gradients and the update of all
 * weights. Whatever changes from step to step is an argument, also the random key, so that nothing random is baked in.
 *
 *   npx tsx examples/own-loop.ts
 */
import { fileURLToPath } from "node:url";
import {
  accuracy,
  compile,
  crossEntropy,
  dropout,
  encode,
  evaluate,
  flatten,
  fromArray,
  keyOf,
  linear,
  paramsOf,
  Rng,
  Run,
  relu,
  scalar,
  sequential,
  type Tensor,
  takeRows,
  valueAndGrad,
} from "glassnet";
import { loadMnist } from "glassnet/node";

export async function main({ steps = 1000, batchSize = 32, seed = 1 } = {}) {
  const { train: digits, test } = await loadMnist();
  const rng = Rng.seeded(seed);
  const model = sequential(flatten(), linear(784, 64, { rng }), relu, dropout(0.2), linear(64, 10, { rng }));

  const step = compile((pixels: Tensor, labels: Tensor, words: Tensor, rate: Tensor) => {
    const x = encode(digits.preprocessing, pixels); // 0 to 255, as stored, becomes 0 to 1
    const run = new Run({ training: true, key: { words, stream: 0 } });
    const loss = (network: typeof model) => crossEntropy(network.call(x, run), labels);
    const { value, grads } = valueAndGrad(loss)(model);
    for (const [path, param] of paramsOf(model)) param.assign(param.value.sub(grads[path]!.mul(rate)));
    return value; // the parameters take their new values when the step is done
  });

  let loss = 0;
  for (let i = 0; i < steps; i++) {
    const { inputs, targets } = takeRows(digits, rng.integers([batchSize], 0, digits.size).data);
    const rate = scalar(0.2 * (1 - i / steps)); // falls to 0
    const value = await step(fromArray(inputs), fromArray(targets), keyOf(seed, i).words, rate);
    loss = i === 0 ? await value.item() : 0.95 * loss + 0.05 * (await value.item());
    if ((i + 1) % 100 === 0) console.log(`step ${i + 1}: loss about ${loss.toFixed(3)}`);
  }
  await step.release();

  const scores = await evaluate(model, test, { loss: crossEntropy, metrics: { accuracy } });
  console.log(`${(100 * scores.accuracy!).toFixed(2)} % of the 10,000 test digits are read correctly.`);
  return { model, loss, share: scores.accuracy! };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
