import type { CodeSamples } from "../../components/code-sample.ts";

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const profitCode = {
  source: {
    given: ["rows", "noise", "seed"],
    code: `
import { companyData, companyProfit, holdOut } from "glassnet";

const books = companyData({ rows, noise, seed });
const { rest, held } = holdOut(books, Math.round(rows / 5), { seed });
console.log(rest.size, held.size);
console.log(companyProfit({ price: 18, marketing: 10, competitor: 25, season: "summer" }));`,
  },
  fit: {
    given: ["training", "validation", "seed", "device"],
    code: `
import { activation, adamW, evaluate, fitRescale, linear, meanSquaredError, Rng, sequential, train } from "glassnet";

const rng = Rng.seeded(seed);
const bend = activation("tanh");
const inputs = training.inputShape[0];
const model = sequential(
  linear(inputs, 16, { rng }), bend, linear(16, 16, { rng }), bend, linear(16, 1, { rng }), // the linear one: linear(inputs, 1)
  fitRescale(training.targets), // predictions in the units of the targets
);
const batches = Math.ceil(training.size / 64);
const epochs = Math.round(1800 / batches);
for await (const event of train(model, training, {
  loss: meanSquaredError, optimizer: adamW({ decay: 0.01 }), epochs, batchSize: 64, seed, device,
  learningRate: (step) => 0.005 * (1 + Math.cos((Math.PI * step) / (epochs * batches))),
})) {
  if (event.kind === "end") console.log("epochs", event.epoch);
}
for (const rows of [training, validation]) console.log((await evaluate(model, rows, { loss: meanSquaredError, device })).loss);`,
  },
  rows: {
    given: ["model", "rows"],
    code: `
import { evaluate, meanSquaredError, predict } from "glassnet";

const predicted = await (await predict(model, rows)).data();
const differences = Array.from(rows.targets.data, (actual, i) => actual - predicted[i]);
const squares = differences.map((difference) => difference ** 2);
console.log(squares.reduce((sum, square) => sum + square, 0) / rows.size);
console.log((await evaluate(model, rows, { loss: meanSquaredError })).loss);`,
  },
  bias: {
    given: ["model", "rows", "firstLevel", "levels"],
    code: `
import { predict } from "glassnet";

const width = rows.inputShape[0];
const means = [];
for (let level = 0; level < levels; level++) {
  const data = Float32Array.from(rows.inputs.data);
  for (let at = firstLevel; at < data.length; at += width) {
    data.fill(0, at, at + levels); // every row as if it had this level
    data[at + level] = 1;
  }
  const predicted = await (await predict(model, { ...rows, inputs: { ...rows.inputs, data } })).data();
  means.push(predicted.reduce((sum, y) => sum + y, 0) / rows.size);
}
const middle = means.reduce((sum, mean) => sum + mean, 0) / levels;
for (const mean of means) console.log(mean - middle); // the fixed effect`,
  },
  surface: {
    given: ["model", "preprocessing", "start", "x", "y", "side"],
    code: `
import { predict } from "glassnet";

const along = ({ low, high }, i) => low + ((high - low) * i) / (side - 1);
const grid = [];
for (let j = 0; j < side; j++) {
  for (let i = 0; i < side; i++) {
    const inputs = [...start];
    inputs[x.input] = along(x, i);
    inputs[y.input] = along(y, j);
    grid.push(inputs);
  }
}
const predicted = await (await predict({ model, preprocessing }, grid)).data();
console.log(Math.min(...predicted), Math.max(...predicted));`,
  },
  search: {
    given: ["model", "preprocessing", "start", "bounds", "data"],
    code: `
import { optimizeInputs } from "glassnet";

const best = await optimizeInputs({ model, preprocessing }, start, {
  maximize: true, // or minimize: true, or target: 150 with loss = (target − predicted)²
  knobs: Object.keys(bounds).map(Number), // the other inputs stay
  bounds, data,
  onStep: ({ step, prediction, loss, partials }) => console.log(step, prediction, loss, ...partials),
});
console.log(best.reason, best.prediction, ...best.inputs);
for (const warning of best.warnings) console.log(warning);`,
  },
  result: {
    given: ["found", "competitor", "season", "bounds"],
    code: `
import { companyOptimum, companyProfit } from "glassnet";

const [price, marketing] = found;
const earned = companyProfit({ price, marketing, competitor, season });
const best = companyOptimum({ competitor, season }, bounds);
console.log(best.price, best.marketing, best.profit);
console.log((best.profit - earned) / best.profit); // what is missed`,
  },
  compare: {
    given: ["linearModel", "curvedModel", "preprocessing", "start", "bounds"],
    code: `
import { optimizeInputs } from "glassnet";

for (const model of [linearModel, curvedModel]) {
  const { reason, atBounds, inputs } = await optimizeInputs({ model, preprocessing }, start, {
    maximize: true, knobs: Object.keys(bounds).map(Number), bounds,
  });
  console.log(reason, atBounds.length, ...inputs);
}`,
  },
} satisfies CodeSamples;
