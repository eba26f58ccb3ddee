import { expect, test } from "vitest";
import { accuracy, createNetwork, randomFrom, readDigits, trainEpoch } from "./by-hand.ts";

test("the network by hand reads at least 94 % of the 10,000 test digits after five epochs", {
  timeout: 600_000,
}, () => {
  const began = performance.now();
  const training = readDigits("train");
  const random = randomFrom(1);
  const network = createNetwork([784, 30, 10], random);
  for (let epoch = 1; epoch <= 5; epoch++) trainEpoch(network, training, random);
  const share = accuracy(network, readDigits("t10k"));
  const seconds = (performance.now() - began) / 1000;
  console.log(`by hand: ${(100 * share).toFixed(2)} % of 10,000 test digits in ${seconds.toFixed(1)} s`);
  expect(share).toBeGreaterThanOrEqual(0.94);
});
