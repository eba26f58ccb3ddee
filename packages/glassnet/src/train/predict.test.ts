import { expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { encode } from "../data/encode.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { linear } from "../nn/linear.ts";
import { tensor } from "../tensor/create.ts";
import { predict } from "./predict.ts";

test("a model with its preprocessing takes rows as they are stored, a bare one as they stand", async () => {
  const model = linear(2, 1, { rng: Rng.seeded(0) });
  const preprocessing: Preprocessing = { kind: "standardize", mean: [10, 20], std: [2, 4] };
  const raw = tensor([
    [12, 16],
    [8, 28],
  ]);
  const expected = await model.call(encode(preprocessing, raw)).toArray();
  expect(await (await predict({ model, preprocessing }, raw)).toArray()).toEqual(expected);
  expect(await (await predict(model, raw, { preprocessing })).toArray()).toEqual(expected);
  expect(await (await predict(model, raw)).toArray()).toEqual(await model.call(raw).toArray());
  const plain = await predict({ model, preprocessing }, raw, { preprocessing: { kind: "none" } });
  expect(await plain.toArray()).toEqual(await model.call(raw).toArray());
});
