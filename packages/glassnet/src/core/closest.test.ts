import { expect, test } from "vitest";
import { closest } from "./closest.ts";

const names = ["loss", "epochs", "batchSize", "learningRate", "keepBest"];

test("the name that was meant is found by its beginning, its initials or a slip of the pen", () => {
  const meant = ["epoch", "Epochs", "batch", "lr", "bs", "learning_rate", "losss", "keepbest"];
  expect(meant.map((name) => closest(name, names))).toEqual([
    ...["epochs", "epochs", "batchSize", "learningRate", "batchSize", "learningRate", "loss", "keepBest"],
  ]);
});

test("what resembles nothing has no closest name", () => {
  expect(["verbose", "x", "", "shuffle"].map((name) => closest(name, names))).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
  expect(closest("loss", [])).toBeUndefined();
});
