import { describe, expect, test } from "vitest";
import { closestTerms, findTerm, glossary, type Term } from "./glossary.ts";

const texts = ["name", "short", "text", "profit", "game"] as const;
const hasChinese = /\p{Script=Han}/u;

describe("the glossary", () => {
  test("has the terms of the introduction", () => {
    expect(glossary.map(({ id }) => id)).toMatchInlineSnapshot(`
      [
        "neural-network",
        "neuron",
        "layer",
        "input-layer",
        "hidden-layer",
        "output-layer",
        "weight",
        "bias",
        "parameter",
        "initialisation",
        "seed",
        "feature",
        "encoding",
        "weighted-sum",
        "activation",
        "sigmoid",
        "tanh",
        "relu",
        "dead-neuron",
        "logits",
        "softmax",
        "probability",
        "prediction",
        "forward-propagation",
        "floating-point-operation",
        "training",
        "epoch",
        "batch",
        "step",
        "validation-set",
        "test-set",
        "accuracy",
        "confusion-table",
        "overfitting",
        "dropout",
        "regularisation",
        "weight-decay",
        "hyperparameter",
        "loss",
        "empirical-loss",
        "cross-entropy",
        "mean-squared-error",
        "loss-optimisation",
        "gradient",
        "gradient-descent",
        "learning-rate",
        "backpropagation",
        "chain-rule",
        "optimizer",
        "sgd",
        "momentum",
        "adam",
        "contribution",
        "evidence",
        "attribution",
        "ablation",
      ]
    `);
  });

  test("ids are unique and every `see` leads to another term", () => {
    const ids = glossary.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, see } of glossary) {
      expect(see.length, id).toBeGreaterThan(0);
      expect(new Set(see).size, id).toBe(see.length);
      for (const other of see) expect(ids.filter((known) => known !== id)).toContain(other);
    }
  });

  test("no name belongs to two terms, and every name and alias finds its term", () => {
    for (const term of glossary) {
      for (const name of [term.id, term.name.en, term.name.zh, ...term.aliases]) {
        expect(findTerm(name)?.id, name).toBe(term.id);
      }
    }
  });

  test.each(glossary)("$id is complete in both languages", (term) => {
    for (const field of texts) {
      expect(term[field].en.trim(), field).toBe(term[field].en);
      expect(term[field].en, field).not.toBe("");
      expect(term[field].en, field).not.toMatch(hasChinese);
      if (field !== "name") expect(term[field].en, field).toMatch(/[.!?]$/);
      expect(term[field].zh, field).toMatch(hasChinese);
      if (field !== "name") expect(term[field].zh, field).toMatch(/[。！？]$/);
    }
    expect(term.aliases.some((alias) => hasChinese.test(alias) || hasChinese.test(term.name.zh))).toBe(true);
    const sentences = term.text.en.split(/[.?!](?: |$)/).length - 1;
    expect(sentences).toBeGreaterThanOrEqual(3);
    expect(sentences).toBeLessThanOrEqual(6);
  });

  test.each(glossary)("$id gives the same numbers in both languages", ({ text }) => {
    const numbersOf = (words: string) => [...words.matchAll(/\d+(?:,\d{3})*(?:\.\d+)?/g)].map(([n]) => n).sort();
    expect(numbersOf(text.zh)).toEqual(numbersOf(text.en));
  });
});

describe("worked numbers", () => {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const count = (n: number) => n.toLocaleString("en-US");
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  // the neuron of many texts: inputs 1 and 0.5, weights 2 and -3, bias 1
  const terms = [2 * 1, -3 * 0.5, 1];
  const z = sum(terms);
  const y = sigmoid(z);

  // the classes of many texts: logits 2, 1 and 0
  const powers = [2, 1, 0].map((logit) => Math.exp(logit));
  const probabilities = powers.map((power) => power / sum(powers));

  // the one-weight model of many texts: prediction 2 w, truth 5
  const lossAt = (w: number) => (2 * w - 5) ** 2;
  const slopeAt = (w: number) => 2 * (2 * w - 5) * 2;
  const after = (rate: number) => 1 - rate * slopeAt(1);

  const parametersOf = (...sizes: number[]) => sum(sizes.slice(1).map((n, l) => n * sizes[l]! + n));

  /** What the texts must contain, computed here. */
  const worked: Readonly<Record<string, readonly string[]>> = {
    "neural-network": [count(parametersOf(784, 30, 10))],
    neuron: [z.toFixed(1), y.toFixed(3)],
    layer: [count(784 * 128)],
    "input-layer": [String(28 * 28), String(3 * 28 + 5)],
    "hidden-layer": [`${3 * 2} a - ${4 - 3 * 1}`],
    "output-layer": [count(parametersOf(128, 10))],
    weight: [(-3 * 0.5).toFixed(1)],
    bias: [sum(terms.slice(0, 2)).toFixed(1), z.toFixed(1)],
    parameter: [count(parametersOf(784, 128)), count(parametersOf(128, 10)), count(parametersOf(784, 128, 10))],
    initialisation: [Math.sqrt(2 / 784).toFixed(4)],
    encoding: [(204 / 255).toString(), (51 / 255).toString()],
    "weighted-sum": [terms[1]!.toFixed(1), `z = ${z}`],
    activation: [y.toFixed(3), Math.tanh(z).toFixed(3), Math.max(0, z).toFixed(1)],
    sigmoid: [y.toFixed(3), (y * (1 - y)).toFixed(3), (0.5 * 0.5).toString()],
    tanh: [Math.tanh(z).toFixed(3), (1 - Math.tanh(z) ** 2).toFixed(3)],
    "dead-neuron": [`2 - 6 = ${2 * 1 - 3 * 0 - 6}`],
    logits: [...probabilities.map((p) => p.toFixed(3)), Math.E.toFixed(3)],
    softmax: [...powers.slice(0, 2), sum(powers), ...probabilities].map((x) => x.toFixed(3)),
    probability: probabilities.map((p) => p.toFixed(3)),
    "forward-propagation": [`${1.5 * 2 - 1}`, `${3 * 2 + 0.5}`],
    training: [`w = ${after(0.1).toFixed(1)}`, lossAt(after(0.1)).toFixed(2)],
    epoch: [
      ...[Math.floor(55_000 / 64), Math.ceil(55_000 / 64), 8 * Math.ceil(55_000 / 64)].map(count),
      `${55_000 - 64 * Math.floor(55_000 / 64)}`,
    ],
    batch: [`${(-12 - 4) / 2}`],
    step: [after(0.1).toFixed(1)],
    "validation-set": [count(60_000 - 5_000)],
    "test-set": [(100 * Math.sqrt((0.975 * 0.025) / 10_000)).toFixed(2)],
    accuracy: [((100 * 9537) / 10_000).toFixed(2)],
    "confusion-table": [`${(100 * (8 + 9)) / 20}%`, `${(100 * 8) / 10}%`, `${((100 * 8) / 9).toFixed(1)}%`],
    dropout: [`${1 / 0.8}`],
    regularisation: [(0.1 * 2.2 ** 2).toFixed(3), (lossAt(2.2) + 0.1 * 2.2 ** 2).toFixed(3)],
    "weight-decay": [(2 - 0.1 * (0 + 0.5 * 2)).toFixed(1)],
    hyperparameter: [`${3 * 4 * 2}`],
    "floating-point-operation": [2 * 784, 128 * 2 * 784].map(count),
    relu: [(-1.5 * 0.01).toFixed(3)],
    loss: [`${(60 - 55) ** 2}`],
    "empirical-loss": [((0.2 + 0.4 + 1.5) / 3).toFixed(1)],
    "cross-entropy": [
      (-Math.log(probabilities[0]!)).toFixed(3),
      (-Math.log(probabilities[2]!)).toFixed(3),
      Math.log(10).toFixed(3),
      (probabilities[0]! - 1).toFixed(3),
    ],
    "mean-squared-error": [`${(5 ** 2 + 2 ** 2) / 2}`, Math.sqrt(14.5).toFixed(2)],
    "loss-optimisation": [`w = ${5 / 2}`],
    gradient: [`${slopeAt(1)}`, lossAt(1.001).toFixed(6)],
    "gradient-descent": [after(0.1).toFixed(1), lossAt(after(0.1)).toFixed(2)],
    "learning-rate": [0.01, 0.1, 0.3].map((rate) => lossAt(after(rate)).toFixed(2)),
    backpropagation: [
      (2 * (y - 1)).toFixed(3),
      (2 * (y - 1) * y * (1 - y)).toFixed(4),
      (2 * (y - 1) * y * (1 - y) * 0.5).toFixed(4),
    ],
    "chain-rule": [`${2 * (2 - 5)}`, `${slopeAt(1)}`],
    optimizer: [(12 * 0.001).toFixed(3)],
    sgd: [(1 - 0.1 * -8).toFixed(1)],
    momentum: [0.9 + 1, 0.9 * 1.9 + 1].map(String),
    adam: [(0.1 * -12).toFixed(1), (0.001 * 12 ** 2).toFixed(3)],
    contribution: [...terms, z].map(String),
    evidence: [`${3 * 0.5}`, `${-1 * 2}`, (3 * 0.5 - 1 * 2 + 0.2).toFixed(1)],
    attribution: [
      ((2 / 0.5) * (y - sigmoid(1))).toFixed(3),
      ((-1.5 / 0.5) * (y - sigmoid(1))).toFixed(3),
      (y - sigmoid(1)).toFixed(3),
    ],
    ablation: [(3 * 0.5 + 0.2).toFixed(1)],
  };

  const says = (words: string, number: string): boolean => {
    const at = words.indexOf(number);
    if (at < 0) return false;
    const isPartOfLonger = /\d/.test(words[at - 1] ?? "") || /^(\d|[.,]\d)/.test(words.slice(at + number.length));
    return !isPartOfLonger || says(words.slice(at + number.length), number);
  };

  test.each(Object.entries(worked))("%s", (id, numbers) => {
    const { text } = findTerm(id) as Term;
    for (const number of numbers) {
      expect(says(text.en, number), `${number} in: ${text.en}`).toBe(true);
      expect(says(text.zh, number), `${number} in: ${text.zh}`).toBe(true);
    }
  });

  test("the labs' numbers: a profit of 55, and the gradient of the distance at (3, 4)", () => {
    expect(findTerm("weighted sum")!.profit.en).toContain(`= ${-2 * 10 + 3 * 20 + 15}.`);
    const distance = Math.hypot(3, 4);
    expect(findTerm("gradient")!.game.en).toContain(`distance is ${distance} and its gradient (${3 / 5}, ${4 / 5})`);
  });

  test("learning rates above 0.25 raise the loss of the one-weight model", () => {
    expect(lossAt(after(0.2499))).toBeLessThan(lossAt(1));
    expect(lossAt(after(0.2501))).toBeGreaterThan(lossAt(1));
  });

  test("Adam's first step is the learning rate, whatever the gradient", () => {
    const [m, v] = [(0.1 * -12) / (1 - 0.9), (0.001 * 144) / (1 - 0.999)];
    expect([m, v, (0.001 * m) / Math.sqrt(v)].map((x) => x.toFixed(6))).toEqual([
      "-12.000000",
      "144.000000",
      "-0.001000",
    ]);
  });

  test("the parts of integrated gradients, by 10,000 midpoints", () => {
    const slope = (t: number) => sigmoid(1 + 0.5 * t) * (1 - sigmoid(1 + 0.5 * t));
    const mean = sum(Array.from({ length: 10_000 }, (_, k) => slope((k + 0.5) / 10_000))) / 10_000;
    expect([2 * mean, -1.5 * mean].map((part) => part.toFixed(3))).toEqual(["0.346", "-0.260"]);
  });

  test("the small generator in the text on seeds", () => {
    const next = (s: number) => (5 * s + 3) % 16;
    expect([next(1), next(next(1)), next(next(next(1))), next(next(next(next(1))))]).toEqual([8, 11, 10, 5]);
  });

  test("dropout keeps the expected value, and momentum approaches ten times the gradient", () => {
    expect((1 - 0.2) * (1 / 0.8)).toBeCloseTo(1, 12);
    expect(Array.from({ length: 200 }).reduce((v: number) => 0.9 * v + 1, 0)).toBeCloseTo(10, 6);
  });
});

describe("look-up", () => {
  test.each([
    ["Loss Function", "loss"],
    ["back-propagation", "backpropagation"],
    ["  LEARNING   RATE ", "learning-rate"],
    ["learning_rate", "learning-rate"],
    ["hidden layers", "hidden-layer"],
    ["biases", "bias"],
    ["epochs", "epoch"],
    ["initialization", "initialisation"],
    ["反向传播", "backpropagation"],
    ["权重", "weight"],
    ["Ｓｏｆｔｍａｘ", "softmax"],
    ["S型函数", "sigmoid"],
    ["混淆矩阵", "confusion-table"],
    ["MSE", "mean-squared-error"],
    ["Adam", "adam"],
    ["FLOPs", "floating-point-operation"],
    ["precision", "confusion-table"],
    ["leakyRelu", "relu"],
    ["regularization", "regularisation"],
    ["L2 penalty", "weight-decay"],
  ])("%s", (query, id) => {
    expect(findTerm(query)?.id).toBe(id);
  });

  test.each(["", "   ", "-", "s", "es", "banana", "天气"])("nothing is found for %j", (query) => {
    expect(findTerm(query)).toBeUndefined();
  });

  test.each([
    ["sofmax", "softmax"],
    ["gradiant", "gradient"],
    ["backpropogation", "backpropagation"],
    ["overfiting", "overfitting"],
    ["entropy", "cross-entropy"],
    ["梯度下", "gradient-descent"],
    ["激活涵数", "activation"],
  ])("%s is close to %s", (query, id) => {
    expect(closestTerms(query, 3).map((term) => term.id)).toContain(id);
  });

  test("the closest come first, at most n of them, and none for a word that resembles nothing", () => {
    expect(closestTerms("sigmoyd", 1).map(({ id }) => id)).toEqual(["sigmoid"]);
    expect(closestTerms("gradient", 2).map(({ id }) => id)[0]).toBe("gradient");
    expect(closestTerms("layer", 3)).toHaveLength(3);
    expect(closestTerms("xylophone quartet", 3)).toEqual([]);
    expect(closestTerms("", 3)).toEqual([]);
  });
});
