import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { relu } from "../tensor/functions.ts";
import { type Param, variablesOf } from "../tensor/variable.ts";
import { Activation } from "./activation.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { Layer } from "./layer.ts";
import { Linear } from "./linear.ts";
import { type LayerMaker, layerMakers, makeLayer } from "./registry.ts";
import { Rescale } from "./rescale.ts";
import { Sequential, sequential } from "./sequential.ts";

function errorOf(description: unknown, ...rest: unknown[]): FormatError {
  try {
    (makeLayer as (...given: unknown[]) => Layer)(description, ...rest);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

test("a description becomes the layer that it describes, of its own class, with blank parameters", () => {
  const cases = [
    [{ kind: "linear", inFeatures: 3, outFeatures: 2, bias: true }, Linear],
    [{ kind: "linear", inFeatures: 3, outFeatures: 2, bias: false, dtype: "f64" }, Linear],
    [{ kind: "activation", name: "gelu" }, Activation],
    [{ kind: "dropout", rate: 0.25 }, Dropout],
    [{ kind: "flatten" }, Flatten],
    [{ kind: "rescale", scale: 2, offset: 1 }, Rescale],
    [{ kind: "sequential", layers: [{ kind: "flatten" }, { kind: "sequential", layers: [] }] }, Sequential],
  ] as const;
  expect(new Set(cases.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(layerMakers)));
  for (const [description, kind] of cases) {
    const layer = makeLayer(description);
    expect(layer).toBeInstanceOf(kind);
    expect(layer.config()).toEqual(description);
    for (const { value } of variablesOf(layer).values()) expect(value.dataSync().every((x) => x === 0)).toBe(true);
  }
});

describe("makers of one's own", () => {
  const withInner: LayerMaker = ({ inner }, make) => sequential(make(inner), relu);

  test("are given the description, and make what is inside by the same rules", () => {
    const made = makeLayer({ kind: "wrapped", inner: { kind: "flatten" } }, { wrapped: withInner });
    expect((made as Sequential).layers.map((layer) => layer.constructor.name)).toEqual(["Flatten", "Activation"]);
    const nested = { kind: "wrapped", inner: { kind: "wrapped", inner: 7 } };
    expect(errorOf(nested, { wrapped: withInner }).message).toMatchInlineSnapshot(
      `"model: a layer must be described by an object, got 7"`,
    );
  });

  test("come before the library's, and an inherited name is no maker", () => {
    expect(makeLayer({ kind: "dropout" }, { dropout: () => new Flatten() })).toBeInstanceOf(Flatten);
    for (const kind of ["constructor", "__proto__", "hasOwnProperty"]) {
      expect(errorOf({ kind }, { other: () => new Flatten() }).reason).toBe("unknown-layer");
    }
  });
});

describe("what a description may cost", () => {
  const wide = { kind: "linear", inFeatures: 100, outFeatures: 10, bias: true };

  test("is counted over all layers, biases included, before memory is taken", () => {
    const two = { kind: "sequential", layers: [wide, wide] };
    expect(variablesOf(makeLayer(two, {}, { maxParameters: 2 * 1010 })).size).toBe(4);
    expect(errorOf(two, {}, { maxParameters: 2 * 1010 - 1 }).message).toMatchInlineSnapshot(
      `"model: linear: the layers have more parameters than the file holds"`,
    );
    const huge = { kind: "linear", inFeatures: 2 ** 26, outFeatures: 2 ** 26 };
    expect(errorOf(huge, {}, { where: "digits.safetensors" }).message).toMatchInlineSnapshot(
      `"digits.safetensors: linear: the layers have more parameters than the file holds"`,
    );
  });

  test("64 layers inside each other are made, 65 are not; beside each other there may be any number", () => {
    const nested = (depth: number): unknown =>
      Array.from({ length: depth - 1 }).reduce((inner: unknown) => ({ kind: "sequential", layers: [inner] }), {
        kind: "flatten",
      });
    expect(makeLayer(nested(64))).toBeInstanceOf(Sequential);
    expect(errorOf(nested(65)).message).toMatchInlineSnapshot(`"model: layers are nested more than 64 deep"`);
    const beside = { kind: "sequential", layers: new Array(1000).fill({ kind: "flatten" }) };
    expect((makeLayer(beside) as Sequential).layers).toHaveLength(1000);
  });
});

test("parameters can be given their values afterwards", () => {
  const layer = makeLayer({ kind: "linear", inFeatures: 1, outFeatures: 1, bias: true }) as Linear<1, 1>;
  const weight: Param = layer.weight;
  weight.assign(weight.value.add(3));
  expect(layer.weight.value.dataSync()).toEqual(Float32Array.of(3));
});
