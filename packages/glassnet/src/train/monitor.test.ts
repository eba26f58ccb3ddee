import { expect, test } from "vitest";
import { bitsOf, clouds, failureOf, network, runToEnd } from "../../test/training.ts";
import { holdOut } from "../data/split.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import { sgd } from "../optim/sgd.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Monitor } from "./monitor.ts";
import { train } from "./train.ts";

const { rest, held } = holdOut(clouds(60), 20);
const perplexity = (output: Tensor, targets: Tensor) => crossEntropy(output, targets).exp();
const options = {
  loss: crossEntropy,
  metrics: { accuracy, perplexity },
  validation: held,
  optimizer: sgd(),
  learningRate: (step: number) => (step < 12 ? 0.3 : 30), // the last epochs throw the weights about
  epochs: 6,
  batchSize: 10,
  keepBest: true,
};

test.each<[string | Monitor, string, 1 | -1]>([
  ["loss", "loss", -1],
  ["accuracy", "accuracy", 1],
  ["perplexity", "perplexity", 1],
  [{ metric: "perplexity", best: "least" }, "perplexity", -1],
  [{ metric: "accuracy", best: "least" }, "accuracy", -1],
  [{ metric: "loss", best: "greatest" }, "loss", 1],
])("the best epoch by %j is the one that it says", async (monitor, metric, sign) => {
  const model = network();
  const seen: { merit: number; bits: string }[] = [];
  const { end, epochs } = await runToEnd(train(model, rest, { ...options, monitor }), (event) => {
    if (event.kind === "epoch") seen.push({ merit: sign * event.validation![metric]!, bits: bitsOf(model) });
  });
  const merits = seen.map(({ merit }) => merit);
  const winner = merits.indexOf(Math.max(...merits)); // the first, if several are as good
  expect(end.bestEpoch).toBe(winner + 1);
  expect(bitsOf(model)).toBe(seen[winner]!.bits);
  expect(epochs.map(({ best }) => best)).toEqual(merits.map((merit, i) => merit > Math.max(...merits.slice(0, i))));
});

test("a monitor that cannot be is refused", async () => {
  const bad: unknown[] = ["f1", 3, { metric: "accuracy" }, { metric: "accuracy", best: "most" }, { best: "least" }];
  const messages: string[] = [];
  for (const monitor of bad) {
    messages.push(await failureOf(() => train(network(), rest, { ...options, monitor: monitor as string })));
  }
  const { validation: _, ...blind } = { ...options, keepBest: false };
  messages.push(await failureOf(() => train(network(), rest, { ...blind, monitor: "accuracy" })));
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: train: unknown monitor "f1": expected "loss", "accuracy" or "perplexity"",
      "UsageError: train: monitor must be a name, or { metric, best }, got 3",
      "UsageError: train: the best of the monitor "accuracy" must be "least" or "greatest", got undefined",
      "UsageError: train: the best of the monitor "accuracy" must be "least" or "greatest", got "most"",
      "UsageError: train: unknown monitor "undefined": expected "loss", "accuracy" or "perplexity"",
      "UsageError: train: monitor needs a validation set to tell the best by
      help: set examples apart with holdOut(data, count)",
    ]
  `);
});
