import type { CodeSamples } from "../../components/code-sample.ts";

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const drawCode = {
  network: {
    given: ["model", "x"],
    code: `
import { activationTimesWeight, capture, softmax } from "glassnet";

// x: one example as the network sees it, [1, 1, 28, 28]
const { layers, output } = await capture(model, x);
console.log(await layers.get("layers.2")!.output.toArray()); // activations of the first hidden layer
console.log(await softmax(output).toArray()); // the ten probabilities

// What each line carries: weight × what its source gives.
const { products, inFeatures } = await activationTimesWeight(model, x, { layer: "layers.5" });
const unit = 3, source = 17;
console.log(products[unit * inFeatures + source]);`,
  },
  evidence: {
    given: ["model", "x", "classIndex", "versus"],
    code: `
import { evidence } from "glassnet";

const why = await evidence(model, x, { classIndex, versus }); // without versus: the class alone
for (const { index, input, weight, product } of [...why.for, ...why.against].slice(0, 9)) {
  console.log(\`unit \${index}: \${input} × \${weight} = \${product}\`);
}
console.log(why.bias, why.sum, why.logit, Math.abs(why.sum - why.logit) <= why.bound);`,
  },
  pixels: {
    given: ["model", "x", "classIndex"],
    code: `
import { gradientTimesInput } from "glassnet";

const { values, sum, output } = await gradientTimesInput(model, x, { classIndex });
const strongest = values.reduce((best, v, i) => (Math.abs(v) > Math.abs(values[best]!) ? i : best), 0);
console.log(strongest, values[strongest], output - sum); // the last: what the biases add`,
  },
  test: {
    given: ["model", "x", "classIndex", "count"],
    code: `
import { ablation } from "glassnet";

const { drop, randomDrops, atLeast, pValue } = await ablation(model, x, {
  layer: "layers.4", // the activation of the last hidden layer
  classIndex,
  count, // the strongest units
  draws: 200, // random choices of as many
  among: "active",
});
const mean = randomDrops.reduce((sum, lost) => sum + lost, 0) / randomDrops.length;
console.log(drop, mean, atLeast, pValue);`,
  },
  sees: {
    given: ["pixels", "preprocessing"],
    code: `
import { encode, fromArray } from "glassnet";

// pixels: 784 bytes, after crop, fit into 20 × 20 and centring; preprocessing: that of the model
const picture = fromArray({ dtype: "u8", shape: [1, 1, 28, 28], data: pixels });
const x = encode(preprocessing, picture);
const seen = await x.data();
console.log(seen.length, seen.filter((value) => value !== 0).length);`,
  },
  unroll: {
    given: ["x", "pixel"],
    code: `
// x: one example, [1, 1, 28, 28]
const picture = x.reshape([28, 28]);
const column = picture.reshape([784]); // its rows end to end, as one column
const row = Math.floor(pixel / 28);
console.log(await column.at(pixel).item(), await picture.at(row, pixel - 28 * row).item());`,
  },
  tiles: {
    given: ["model", "x", "unit"],
    code: `
import { contributions, linearLayers } from "glassnet";

const layer = linearLayers(model).get("layers.1")!; // 784 → 128
const weights = await layer.weight.value.data();
const tile = weights.subarray(unit * 784, (unit + 1) * 784); // 28 × 28
const { z, activation } = await contributions(model, x, { layer: "layers.1", unit });
console.log(tile.length, z, activation!.value);`,
  },
  probes: {
    given: ["model", "training", "validation"],
    code: `
import { linearProbes } from "glassnet";

for (const ridge of [0.001, 0.01, 0.1, 1]) {
  const probes = await linearProbes(model, training, validation, { layers: ["input", "layers.2", "layers.4"], ridge });
  for (const { layer, features, validationAccuracy } of probes) {
    console.log(ridge, layer, features, validationAccuracy);
  }
}`,
  },
} satisfies CodeSamples;
