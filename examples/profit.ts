/**
 * A company looks for its best price. A network learns from its books how profit depends on price, marketing, the
 * competitor and the season. Then the weights stay as they are, and the gradient is taken for the inputs: step by step they
 * move to where the predicted profit is greatest. The books are made up by a formula, so the true optimum is known.
 *
 *   npx tsx examples/profit.ts
 */
import { fileURLToPath } from "node:url";
import {
  adam,
  companyBounds,
  companyData,
  companyInputs,
  companyOptimum,
  companyProfit,
  companyRow,
  companyTruth,
  type Dataset,
  fitRescale,
  fitStandardize,
  type Layer,
  linear,
  meanSquaredError,
  type OptimizedInputs,
  optimizeInputs,
  predict,
  Rng,
  seasons,
  sequential,
  tanh,
  train,
} from "glassnet";

const fixed = (x: number, digits = 2): string => x.toFixed(digits).padStart(9);

/** Teaches a network with `hidden` units, or a plain linear model without any, what the books say. */
async function learn(books: Dataset, hidden: number, { epochs = 100, seed = 1 } = {}): Promise<Layer> {
  const rng = Rng.seeded(seed);
  const inThousands = fitRescale(books.targets); // the layers work around 0, the answer is in thousands of euros
  const model =
    hidden === 0
      ? sequential(linear(7, 1, { rng }), inThousands)
      : sequential(linear(7, hidden, { rng }), tanh, linear(hidden, 1, { rng }), inThousands);
  const steps = epochs * Math.ceil(books.size / 32);
  const learningRate = (step: number): number => 0.005 * (1 + Math.cos((Math.PI * step) / steps)); // 0.01 falls to 0
  const options = { loss: meanSquaredError, optimizer: adam(), learningRate, epochs, seed };
  for await (const event of train(model, books, options)) {
    if (event.kind === "end") console.log(`  mean squared error over all months: ${event.training!.loss.toFixed(1)}`);
  }
  return model;
}

/** What each season adds to the predicted profit, all else equal: the same months are predicted in every season. */
async function seasonEffects(model: Layer, books: Dataset): Promise<number[]> {
  const { shape, data } = books.inputs;
  const means: number[] = [];
  for (let season = 0; season < seasons.length; season++) {
    const moved = Float32Array.from(data, (x, i) => (i % 7 < 3 ? x : Number((i % 7) - 3 === season)));
    const profits = await (await predict(model, { ...books, inputs: { dtype: "f32", shape, data: moved } })).data();
    means.push([...profits].reduce((sum, x) => sum + x, 0) / books.size);
  }
  const middle = means.reduce((sum, x) => sum + x, 0) / means.length;
  return means.map((x) => x - middle);
}

function printPath({ path, reason }: OptimizedInputs): void {
  console.log("  step    price  marketing  predicted  ∂/∂price  ∂/∂marketing  step size");
  for (const { step, inputs, prediction, partials, stepSize } of path) {
    const numbers = [fixed(inputs[0]!), fixed(inputs[1]!), ` ${fixed(prediction)}`, ` ${fixed(partials[0]!, 4)}`];
    console.log(
      `  ${String(step).padStart(4)}${numbers.join("")}     ${fixed(partials[1]!, 4)}  ${fixed(stepSize, 6)}`,
    );
  }
  console.log(`  The end: ${reason}.`);
}

export async function main({ rows = 1200, seed = 1, epochs = 100 } = {}) {
  const raw = companyData({ rows, seed });
  const books: Dataset = { ...raw, preprocessing: fitStandardize(raw.inputs) };
  console.log(`${rows} months of the company, inputs ${companyInputs.join(", ")}.`);
  console.log("A linear model learns from them:");
  const plane = await learn(books, 0, { seed, epochs });
  console.log("A network 7-16-1 learns from them:");
  const network = await learn(books, 16, { seed, epochs });

  console.log("Three months of the books, actual and predicted profit in thousands of euros:");
  const predicted = await (await predict(network, books)).data();
  for (let row = 0; row < 3; row++) {
    const actual = books.targets.data[row]!;
    const difference = actual - predicted[row]!;
    console.log(`  month ${row}: ${fixed(actual)} - ${fixed(predicted[row]!)} = ${fixed(difference)}`);
  }

  console.log("The fixed effect of each season, as the network fitted it and as it is in the formula:");
  const fitted = await seasonEffects(network, books);
  for (const [i, season] of seasons.entries()) {
    console.log(`  ${season.padEnd(6)} ${fixed(fitted[i]!)} ${fixed(companyTruth.seasonEffects[season])}`);
  }

  const given = { competitor: 25, season: "summer" } as const;
  const start = companyRow({ price: 20, marketing: 20, ...given });
  const options = {
    names: companyInputs,
    knobs: ["price", "marketing"],
    bounds: { ...companyBounds },
    data: books,
    tolerance: 1e-4,
  };
  const saved = (model: Layer) => ({ model, preprocessing: books.preprocessing });
  console.log(
    "The best price and marketing of the linear model, in summer: a plane has no top, so it runs to the bounds.",
  );
  const edge = await optimizeInputs(saved(plane), start, { ...options, maximize: true });
  printPath(edge);
  console.log(`  At a bound: ${edge.atBounds.map(({ name, bound }) => `${name} (${bound})`).join(", ")}`);
  console.log("The best price and marketing of the network, in summer:");
  const best = await optimizeInputs(saved(network), start, { ...options, maximize: true });
  printPath(best);
  for (const warning of best.warnings) console.log(`  ${warning}`);

  const truth = companyOptimum(given);
  const { price, marketing } = best.byName;
  const earned = companyProfit({ price: price!, marketing: marketing!, ...given });
  const regret = (truth.profit - earned) / truth.profit;
  console.log(`The true optimum is price ${truth.price.toFixed(2)} and marketing ${truth.marketing.toFixed(2)}.`);
  console.log(
    `It earns ${truth.profit.toFixed(2)}, the network's choice ${earned.toFixed(2)}: ${(100 * regret).toFixed(2)} % less.`,
  );

  console.log("What price makes a profit of 150, with the marketing as it is? The loss is (150 - predicted)².");
  const goal = await optimizeInputs(saved(network), start, { ...options, knobs: ["price"], target: 150 });
  printPath(goal);
  return { edge, best, goal, truth, regret, fitted };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
