import { expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { tensor } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Activation } from "./activation.ts";
import { linear } from "./linear.ts";
import { Sequential, sequential } from "./sequential.ts";

const rng = Rng.seeded(0);

test("applies its layers one after the other", () => {
  const model = sequential(
    (x) => x.add(1),
    (x) => x.mul(10),
    relu,
  );
  expect(model.call(tensor([1, -2])).toArraySync()).toEqual([20, 0]);
});

test("of nothing gives back what comes in", () => {
  const x = tensor([1, 2]);
  expect(sequential().call(x)).toBe(x);
});

test("a function becomes the layer that applies it, with its name if it has one", () => {
  const { layers } = sequential(relu, linear(2, 2, { rng }), (x: Tensor) => x);
  expect(layers.map((layer) => layer.constructor.name)).toEqual(["Activation", "Linear", "FunctionLayer"]);
  expect(layers.filter((layer) => layer instanceof Activation).map(({ name }) => name)).toEqual(["relu"]);
});

test("layers that are only known when it runs go to the class", () => {
  const model = new Sequential([2, 3, 4].map((n, i) => linear(n, [3, 4, 5][i]!, { rng })));
  expect(model.call(tensor([[1, 2]])).shape).toEqual([1, 5]);
});

test("a part that is neither a layer nor a function is named", () => {
  expect(() => sequential(relu, "relu" as never)).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: sequential: part 1 is neither a layer nor a function: relu]",
  );
  expect(() => sequential(undefined as never)).toThrowErrorMatchingInlineSnapshot(
    "[UsageError: sequential: part 0 is neither a layer nor a function: undefined]",
  );
});
