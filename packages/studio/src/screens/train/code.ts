import type { CodeSamples } from "../../components/code-sample.ts";

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const trainCode = {
  course: {
    given: ["model", "training", "validation", "optimizer", "learningRate", "batchSize", "seed", "epochs"],
    code: `
import { accuracy, crossEntropy, train } from "glassnet";

const options = { loss: crossEntropy, optimizer, learningRate, batchSize, seed, epochs };
const measured = { validation, metrics: { accuracy }, empiricalLoss: "epoch" };
for await (const event of train(model, training, { ...options, ...measured })) {
  // the loss of each batch, before its update
  if (event.kind === "step") for (const loss of event.losses) console.log("batch", loss);
  // all examples, with the weights of the epoch's end
  if (event.kind === "epoch") console.log("epoch", event.training.loss, event.validation.accuracy);
}`,
  },
  weights: {
    given: ["model", "layer", "unit", "before"],
    code: `
import { linearLayers } from "glassnet";

const { weight, inFeatures } = linearLayers(model).get(layer); // [units, inputs]
const all = await weight.value.data();
const now = all.subarray(unit * inFeatures, (unit + 1) * inFeatures);
const change = now.map((w, i) => w - before[i]); // signed change since the step of \`before\`
console.log(Math.max(...now), Math.min(...now));
console.log(Math.max(...change), Math.min(...change));`,
  },
  spreads: {
    given: ["model", "x", "targets", "layer", "activation"],
    code: `
import { capture, crossEntropy, linearLayers } from "glassnet";

const run = await capture(model, x, { loss: crossEntropy, targets });
const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
console.log(mean([...(await linearLayers(model).get(layer).weight.value.data())]));
console.log(mean([...(await run.layers.get(activation).output.data())]));
console.log(mean([...(await run.paramGrads[layer + ".weight"].data())]));`,
  },
  health: {
    given: ["model", "training", "optimizer", "learningRate", "steps", "slots", "epochs", "initialLoss"],
    code: `
import { crossEntropy, doctor } from "glassnet";

const moment = { learningRate, steps, slots, epochs, initialLoss };
const checkup = await doctor(model, training, { loss: crossEntropy, optimizer, rows: 128, ...moment });
for (const { severity, message, advice } of checkup.findings) console.log(severity, message, advice);
for (const { path, gradNorm, updateRatio } of checkup.params) console.log(path, gradNorm, updateRatio);`,
  },
  compare: {
    given: ["makeModel", "training", "validation", "settings", "seeds", "epochs"],
    code: `
import { accuracy, crossEntropy, train } from "glassnet";

for (const { name, optimizer, learningRate, batchSize } of settings) {
  const finals = [];
  for (const seed of seeds) {
    const model = makeModel(name, seed); // start values from the seed
    const options = { loss: crossEntropy, optimizer, learningRate, batchSize, seed, epochs };
    for await (const event of train(model, training, { ...options, validation, metrics: { accuracy } })) {
      if (event.kind === "end") finals.push(event.validation.accuracy);
    }
  }
  const mean = finals.reduce((sum, x) => sum + x, 0) / finals.length;
  console.log(name, mean, Math.min(...finals), Math.max(...finals));
}`,
  },
} satisfies CodeSamples;
