import { afterAll, expect, test } from "vitest";
import { glassnet, lastJson, temporaryFolder } from "./command.ts";

const folder = temporaryFolder("accuracy");
afterAll(() => folder.remove());

/** Whole trainings on the real digits, and the accuracy on the test digits that each has to reach. */
const proofs: readonly (readonly [name: string, args: readonly string[], least: number])[] = [
  ["the default network, default seed", [], 0.975],
  ["the default network, seed 1", ["--seed", "1"], 0.975],
  ["the default network, seed 2", ["--seed", "2"], 0.975],
  ["black and white pixels", ["--encoding", "binary"], 0.97],
  [
    "784-32-10, sigmoid, mean squared error, 30 epochs",
    ["--layers", "32", "--activation", "sigmoid", "--loss", "mse", "--epochs", "30"],
    0.93,
  ],
];

test.each(proofs)("%s", async (name, args, least) => {
  const run = await glassnet(["train", "mnist", "--json", "--quiet", ...args], { cwd: folder.path });
  expect(run.code, run.stderr).toBe(0);
  const { testAccuracy, trainSeconds } = lastJson(run) as { testAccuracy: number; trainSeconds: number };
  console.log(
    `${name}: ${(100 * testAccuracy).toFixed(2)}% on the test digits, trained in ${trainSeconds.toFixed(1)} s`,
  );
  expect(testAccuracy).toBeGreaterThanOrEqual(least);
});
