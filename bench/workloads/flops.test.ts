import { expect, test } from "vitest";
import { stepFlops } from "./flops.ts";
import { convNet, lenet, mlp, transformer } from "./network.ts";

test("a step of linear layers: each product three times, the first one twice, as nobody wants the gradient of the data", () => {
  expect(stepFlops(mlp(784, 128, 10), 32)).toBe(32 * 2 * (2 * 784 * 128 + 3 * 128 * 10));
  expect(stepFlops(mlp(784, 2048, 2048, 10), 512)).toBe(512 * 2 * (2 * 784 * 2048 + 3 * (2048 * 2048 + 2048 * 10)));
});

test("convolutions: each output sums a kernel", () => {
  const first = 28 * 28 * 6 * 25;
  const second = 10 * 10 * 16 * 6 * 25;
  expect(stepFlops(lenet, 64)).toBe(64 * 2 * (2 * first + 3 * (second + 400 * 120 + 120 * 84 + 84 * 10)));
  expect(stepFlops(convNet, 1)).toBe(
    2 * (2 * 28 * 28 * 32 * 9 + 3 * (14 * 14 * 64 * 32 * 9 + 3136 * 128 + 128 * 10)), //
  );
});

test("a transformer: four projections, attention over all tokens, and the feed-forward part, for each token", () => {
  const block = 64 * (4 * 128 * 128 + 2 * 64 * 128 + 2 * 128 * 512);
  expect(stepFlops(transformer, 16)).toBe(16 * 2 * 3 * (4 * block + 64 * 128 * 10));
});
