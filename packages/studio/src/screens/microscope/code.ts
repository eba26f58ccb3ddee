import type { CodeSamples } from "../../components/code-sample.ts";

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const microscopeCode = {
  neuron: {
    given: ["model", "x", "layer", "unit"],
    code: `
import { contributions } from "glassnet";

// x: one example as the network sees it, [1, ...]
const { z, activation } = await contributions(model, x, { layer, unit });
console.log(z, activation?.value ?? z); // what comes in, what goes out`,
  },
  sum: {
    given: ["model", "x", "layer", "unit"],
    code: `
import { contributions } from "glassnet";

const { terms, bias, sum, z, bound } = await contributions(model, x, { layer, unit });
let running = 0;
for (const { product } of terms) running += product; // wᵢ · xᵢ, one after the other
running += bias * 1; // the bias is the weight of an input that is always 1
console.log(running, z, Math.abs(sum - z) <= bound);`,
  },
  picture: {
    given: ["model", "x", "layer", "unit"],
    code: `
import { contributions } from "glassnet";

const { terms } = await contributions(model, x, { layer, unit });
const picture = terms.map(({ weight, input }) => weight * input); // pixel by pixel
const strongest = picture.reduce((best, v, i) => (Math.abs(v) > Math.abs(picture[best]!) ? i : best), 0);
console.log(strongest, picture[strongest]);`,
  },
  curve: {
    given: ["name", "z"],
    code: `
import { activationCurve } from "glassnet";

// name: the activation behind the layer, such as "relu"
const { values, slopes } = activationCurve(name, [z]);
console.log(values[0], slopes[0]); // f(z) and f′(z)`,
  },
  softmax: {
    given: ["logits", "unit"],
    code: `
import { grad, softmax, tensor, type Tensor } from "glassnet";

// logits: of all classes, f64 [classes]
const z = tensor(logits, { dtype: "f64" });
const share = (all: Tensor) => softmax(all).at(unit);
console.log(await share(z).item(), await grad(share)(z).at(unit).item()); // p and ∂p/∂z of its own logit`,
  },
  identity: {
    given: ["model", "x", "layer", "unit"],
    code: `
import { contributions } from "glassnet";

const { z, activation } = await contributions(model, x, { layer, unit });
console.log(activation?.value ?? z, 1); // without an activation z is what the neuron gives, and the slope is 1`,
  },
  forms: {
    given: ["model", "x", "layer", "unit"],
    code: `
import { capture, linearLayers, matmul, transpose } from "glassnet";

const { input } = (await capture(model, x)).layers.get(layer)!; // what the layer reads: [1, n]
const { weight, bias } = linearLayers(model).get(layer)!;
const row = weight.value.at(unit);

// one number after the other
const [w, read] = [await row.data(), await input.data()];
console.log(w.reduce((sum, wᵢ, i) => sum + wᵢ * read[i]!, (await bias?.value.at(unit).item()) ?? 0));
// a vector times a vector
const dot = row.mul(input.at(0)).sum();
console.log(await (bias ? dot.add(bias.value.at(unit)) : dot).item());
// the whole layer: a matrix times a vector
const all = matmul(input, transpose(weight.value));
console.log(await (bias ? all.add(bias.value) : all).at(0, unit).item());`,
  },
  gradient: {
    given: ["model", "x", "targets", "loss", "layer", "unit"],
    code: `
import { backpropagation } from "glassnet";

const { calls } = await backpropagation(model, x, { loss, targets });
const call = calls.find(({ path }) => path === layer)!;
const delta = call.outputGrad.data[unit]!; // ∂loss/∂z
const n = call.input.data.length;
const { grad } = call.params.find(({ name }) => name === "weight")!;
const strongest = call.input.data.reduce((best, x, i, all) => (Math.abs(x) > Math.abs(all[best]!) ? i : best), 0);
console.log(delta, grad[unit * n + strongest], delta * call.input.data[strongest]!); // ∂loss/∂wᵢ = δ · xᵢ`,
  },
  update: {
    given: ["model", "x", "targets", "loss", "optimizer", "slots", "step", "learningRate", "param", "index"],
    code: `
import { nextStep } from "glassnet";

// slots, step: of a snapshot of the training; what the optimizer remembers, and the step that comes
const coming = await nextStep(model, x, { loss, targets, optimizer, slots, step });
const { before, after, change, lines } = await coming.update(param, index, learningRate);
for (const { symbol, rule, numbers, value } of lines) console.log(\`\${symbol} ← \${rule} = \${numbers} = \${value}\`);
console.log(before, after, change);
await coming.release();`,
  },
  overData: {
    given: ["model", "data", "layer", "unit"],
    code: `
import { mostActivating } from "glassnet";

// layer: that of the activation, such as "layers.2"
const { top, bottom, mean, activeShare, classMeans } = await mostActivating(model, data, { layer, unit, bins: 24 });
console.log(top[0]!.index, top[0]!.value, bottom[0]!.index, mean, activeShare, classMeans?.[0]);`,
  },
  edit: {
    given: ["model", "x", "layer", "unit", "index", "value"],
    code: `
import { fromArray, linearLayers, withWeights } from "glassnet";

// Another weight, to try: the model itself is left alone.
const { weight } = linearLayers(model).get(layer)!;
const [rows, n] = weight.shape as [number, number];
const data = await weight.value.data();
data[unit * n + index] = value;
const other = withWeights(model, { [\`\${layer}.weight\`]: fromArray({ dtype: "f32", shape: [rows, n], data }) });
console.log((await model.call(x).data()).join(" "));
console.log((await other.call(x).data()).join(" "));`,
  },
} satisfies CodeSamples;
