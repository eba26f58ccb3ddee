import type { CodeSamples } from "../../components/code-sample.ts";
import type { CellView } from "./cells.ts";
import type { CallInfo, Op } from "./tape.ts";

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const backpropCode = {
  stepper: {
    given: ["model", "x", "loss", "targets"],
    code: `
import { backpropagation } from "glassnet";

// x: the examples as the network sees them; loss and targets: what training compares with
const pass = await backpropagation(model, x, { loss, targets });
console.log(pass.loss);
for (const { path, input, output, outputGrad, inputGrad, params } of pass.calls) {
  console.log(path, input.shape, output.shape, outputGrad.data[0], inputGrad?.data[0]);
  for (const { path: param, grad } of params) console.log(param, grad[0]);
}`,
  },
  cell: {
    given: ["model", "x", "loss", "targets", "layer", "unit", "index"],
    code: `
import { backpropagation, openCell } from "glassnet";

const { calls } = await backpropagation(model, x, { loss, targets });
const call = calls.find(({ path }) => path === layer);
const forward = openCell(call, { of: "output", unit }); // Σ w · x + b
const weight = openCell(call, { of: "weightGrad", unit, index }); // Σ δ · x, over the examples
const back = openCell(call, { of: "inputGrad", index }); // Σ δ · w, over the units
for (const { terms, bias, sum, value, bound } of [forward, weight, back]) {
  console.log(terms.length, bias, sum, value, Math.abs(sum - value) <= bound);
}`,
  },
  update: {
    given: ["model", "x", "loss", "targets", "optimizer", "param", "entry", "rate"],
    code: `
import { nextStep } from "glassnet";

const step = await nextStep(model, x, { loss, targets, optimizer }); // in training also: slots and step of a snapshot
const { before, grad, after, lines } = await step.update(param, entry, rate);
console.log(before, grad, after);
for (const { symbol, rule, numbers, value } of lines) console.log(\`\${symbol} = \${rule} = \${numbers} = \${value}\`);
await step.release();`,
  },
  verify: {
    given: ["model", "x", "loss", "targets", "param", "entry"],
    code: `
import { checkGradient, checkGradients } from "glassnet";

const one = await checkGradient(model, x, { loss, targets, param, index: entry });
console.log(one.analytic, one.numeric, one.digits, one.agrees);

for (const { path, maxError, agrees } of await checkGradients(model, x, { loss, targets })) {
  console.log(path, maxError, agrees); // every entry of every parameter
}`,
  },
  rates: {
    given: ["model", "x", "loss", "targets", "optimizer", "rate"],
    code: `
import { nextStep } from "glassnet";

const step = await nextStep(model, x, { loss, targets, optimizer });
console.log(step.loss, await step.lossAfter(rate));
await step.release();`,
  },
  two: {
    code: `
import { dataset, fromArray, linear, meanSquaredError, paramsOf, Rng, sequential, sgd, tensor, train, withWeights } from "glassnet";

const rng = Rng.seeded(0);
const inputs = Array.from({ length: 32 }, () => [3 * rng.next() - 1.5, 12 * rng.next() - 6]);
const data = dataset({ name: "two", inputs, targets: inputs.map(([x, y]) => [0.9 * x + 0.5 * y]) });
const model = sequential(linear(2, 1, { rng, bias: false, weightInit: () => tensor([[-1, 1.5]]) }));

// The loss at any pair of weights: do this on a grid, and the surface is there.
const lossAt = (first, second) =>
  meanSquaredError(
    withWeights(model, { "layers.0.weight": tensor([[first, second]]) }).call(fromArray(data.inputs)),
    fromArray(data.targets),
  ).item();
console.log(await lossAt(-1, 1.5), await lossAt(0.9, 0.5));

const training = train(model, data, {
  ...{ loss: meanSquaredError, optimizer: sgd({ momentum: 0.9 }), learningRate: 0.02 },
  ...{ batchSize: 32, epochs: 60, stepsPerEvent: () => 1 },
});
for await (const event of training) {
  if (event.kind !== "step") continue;
  await training.sync();
  const [first, second] = await paramsOf(model).get("layers.0.weight").value.data();
  console.log(event.step, first, second);
}`,
  },
} satisfies CodeSamples;

/** The line of the library that gives the number that is looked at. */
export function codeLineOf({ kind, call }: Op, calls: readonly CallInfo[], { unit, index }: CellView): string {
  if (call === null) return kind === "loss" ? "pass.loss" : `pass.outputGrad.data[${unit}]`;
  const at = `pass.calls[${call}]`;
  const { kind: layer, activation, inSize, path, linear } = calls[call]!;
  const place = linear === null ? index : unit;
  if (layer === "linear") {
    const isBias = index === inSize;
    switch (kind) {
      case "forward":
        return `openCell(${at}, { of: "output", unit: ${unit} })`;
      case "weights":
        return isBias
          ? `openCell(${at}, { of: "biasGrad", unit: ${unit} })`
          : `openCell(${at}, { of: "weightGrad", unit: ${unit}, index: ${index} })`;
      case "back":
        return `openCell(${at}, { of: "inputGrad", index: ${index} })`;
      case "update":
      case "slope":
      case "loss":
      case "lossGrad":
        return `step.update("${path}.${isBias ? "bias" : "weight"}", ${isBias ? unit : unit * inSize + index}, rate)`;
    }
  }
  if (kind === "forward") return `${at}.output.data[${place}]${activation === null ? "" : ` // ${activation}`}`;
  return `${at}.inputGrad.data[${place}]`;
}
