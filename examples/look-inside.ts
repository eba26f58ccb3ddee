/**
 * Looking inside: what each layer makes of one digit, the sum that one hidden neuron forms, and why the network gives
 * the answer that it gives. Every number is the one that the network computed.
 *
 *   npx tsx examples/look-inside.ts
 */
import { fileURLToPath } from "node:url";
import {
  capture,
  contributions,
  crossEntropy,
  encode,
  evidence,
  flatten,
  fromArray,
  linear,
  Rng,
  relu,
  sequential,
  sliceRows,
  train,
} from "glassnet";
import { loadMnist } from "glassnet/node";

export async function main({ examples = 10_000, index = 0 } = {}) {
  const digits = await loadMnist();
  const rng = Rng.seeded(1);
  const model = sequential(flatten(), linear(784, 32, { rng }), relu, linear(32, 10, { rng }));
  for await (const event of train(model, sliceRows(digits.train, 0, examples), { loss: crossEntropy, epochs: 2 })) {
    if (event.kind === "epoch") console.log(`epoch ${event.epoch}: loss ${event.batchLoss.toFixed(3)}`);
  }

  const one = sliceRows(digits.test, index, index + 1);
  const x = encode(one.preprocessing, fromArray(one.inputs)); // [1, 1, 28, 28], as the network sees it
  const run = await capture(model, x);
  for (const [path, { output }] of run.layers) {
    const values = [...(await output.data())];
    const active = values.filter((value) => value !== 0).length;
    const largest = Math.max(...values).toFixed(3);
    console.log(`${path.padEnd(8)}  ${active} of ${values.length} values are not 0; the largest is ${largest}`);
  }

  const unit = [...(await run.layers.get("layers.2")!.output.data())].findIndex((value) => value > 0);
  const neuron = await contributions(model, x, { layer: "layers.1", unit });
  const pixels = neuron.terms.filter(({ product }) => product !== 0);
  console.log(`Hidden neuron ${unit} adds up ${pixels.length} pixels and its bias ${neuron.bias.toFixed(3)}:`);
  console.log(`  the sum is ${neuron.sum.toFixed(6)}, the network has ${neuron.z.toFixed(6)}`);

  const answer = await run.output.argmax({ axis: 1 }).item();
  const why = await evidence(model, x, { classIndex: answer });
  console.log(
    `It reads ${answer} (the label is ${one.targets.data[0]}). The logit of ${answer} is ${why.logit.toFixed(3)}:`,
  );
  for (const { index: hidden, input, weight, product } of [...why.for.slice(0, 3), ...why.against.slice(0, 3)]) {
    console.log(`  neuron ${hidden}: ${input.toFixed(3)} * ${weight.toFixed(3)} = ${product.toFixed(3)}`);
  }
  return { run, neuron, why, answer };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
