import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { RunningMean, Twice } from "../../test/own-layers.ts";
import { bitsOf, failureOf, network, WatchedDevice } from "../../test/training.ts";
import type { ArrayData } from "../core/array.ts";
import { FormatError, UsageError } from "../core/errors.ts";
import { Rng } from "../core/random.ts";
import type { Preprocessing } from "../data/preprocessing.ts";
import { activation, activationNames } from "../nn/activation.ts";
import { dropout } from "../nn/dropout.ts";
import { flatten } from "../nn/flatten.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import { layerMakers } from "../nn/registry.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { load, save } from "../node/model-file.ts";
import { fromArray, tensor } from "../tensor/create.ts";
import { gather, relu } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { variablesOf } from "../tensor/variable.ts";
import { decodeModel, encodeModel, modelReasons, type SavedModel } from "./model.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "glassnet-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rng = Rng.seeded(30);
const saved = (model: Layer, more: Partial<SavedModel> = {}): SavedModel => ({
  model,
  inputShape: [2],
  preprocessing: { kind: "none" },
  ...more,
});

describe("what was saved is loaded, bit for bit", () => {
  test.each<[string, Layer]>([
    ["linear", linear(2, 3, { rng })],
    ["linear without bias", linear(2, 3, { rng, bias: false })],
    ["linear in f64", network({ dtype: "f64" })],
    [
      "sequential in sequential",
      sequential(sequential(linear(2, 4, { rng }), relu), sequential(), linear(4, 1, { rng })),
    ],
    ["dropout and flatten", sequential(flatten(), dropout(0.25), linear(2, 2, { rng }))],
    ["no parameters at all", sequential(flatten())],
    ...activationNames.map((name): [string, Layer] => [name, sequential(linear(2, 3, { rng }), activation(name))]),
  ])("%s", async (_, model) => {
    const bytes = encodeModel(saved(model));
    const read = decodeModel(bytes);
    expect(bitsOf(read.model)).toBe(bitsOf(model));
    expect(read.model.config()).toEqual(model.config());
    expect(read.model).toBeInstanceOf(model.constructor);
    expect(encodeModel(read)).toEqual(bytes);
    const dtype = variablesOf(model).values().next().value?.dtype === "f64" ? "f64" : "f32";
    const x = fromArray(rng.normal([3, 2], 0, 1, dtype));
    expect(await read.model.call(x).data()).toEqual(await model.call(x).data());
  });

  test("every kind of layer that the library has", () => {
    expect(Object.keys(layerMakers)).toEqual(["linear", "activation", "dropout", "flatten", "rescale", "sequential"]);
  });

  test("whatever belongs to the model: preprocessing, class names, what the outputs are, notes", async () => {
    const kinds: Preprocessing[] = [
      { kind: "none" },
      { kind: "intensity", scale: 1 / 255 },
      { kind: "binary", threshold: 128 },
      { kind: "standardize", mean: [0.1, 1e-30], std: [1, 2] },
      { kind: "standardize", mean: [0.1], std: [1 / 3] },
    ];
    for (const preprocessing of kinds) {
      const notes = { seed: 7, accuracy: 0.1 + 0.2, when: ["now", { deep: null }], 名: "層" };
      const more = { preprocessing, classNames: ["a", "名", ""], outputs: "scores", notes } as const;
      const { model: _, ...rest } = decodeModel(encodeModel(saved(network(), more)));
      expect(rest).toEqual({ inputShape: [2], ...more });
    }
    const { model: _, ...plain } = decodeModel(encodeModel(saved(network())));
    expect(plain).toEqual({ inputShape: [2], preprocessing: { kind: "none" }, outputs: "logits" });
  });

  test("layers of one's own, by their makers, with their states", async () => {
    const model = sequential(new RunningMean(2), linear(2, 2, { rng }));
    for (const variable of variablesOf(model).values()) variable.assign(variable.value.mul(3).add(0.1));
    const path = join(folder, "own.safetensors");
    await save(path, saved(model));
    const layers = { "running-mean": ({ features }: LayerConfig) => new RunningMean(features as number) };
    const read = await load(path, { layers });
    expect(bitsOf(read.model)).toBe(bitsOf(model));
    expect(read.model.config()).toEqual(model.config());
    expect(await failureOf(() => load(path)).then(withoutFolder)).toMatchInlineSnapshot(`
      "FormatError: DIR/own.safetensors: unknown layer "running-mean": expected "linear", "activation", "dropout", "flatten", "rescale" or "sequential"
        help: pass the maker of a layer of your own: load(file, { layers: { "running-mean": (config) => … } })"
    `);
  });

  test("weights of any finite value, and equal bytes for equal models", () => {
    const layer = linear(4, 1, { rng });
    layer.weight.assign(tensor([[-0, 1e-45, 3.4028234e38, -1 / 3]]));
    const read = decodeModel(encodeModel(saved(layer, { inputShape: [4] })));
    expect(bitsOf(read.model)).toBe(bitsOf(layer));
    expect(encodeModel(saved(network()))).toEqual(encodeModel(saved(network())));
  });
});

test("notes of tens of megabytes are loaded again, and what the header cannot hold is refused", async () => {
  const withText = (text: string) => saved(network(), { notes: { text } });
  for (const text of ["x".repeat(20_000_000), 'say "x"\n'.repeat(1_000_000)]) {
    const read = decodeModel(encodeModel(withText(text))).notes!.text;
    expect(read === text).toBe(true); // on failure, do not print them
  }
  const messages: string[] = [];
  for (const text of ["x".repeat(100_000_001), '"'.repeat(26_000_000)]) {
    messages.push(await failureOf(() => encodeModel(withText(text))));
  }
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: encodeSafetensors: the names and metadata take 100000336 bytes or more, the format allows 100000000",
      "UsageError: encodeSafetensors: the names and metadata take 104000712 bytes or more, the format allows 100000000",
    ]
  `);
});

describe("saving refuses", () => {
  test("what could not be loaded", async () => {
    const own = sequential(linear(2, 2, { rng }), (x: Tensor) => x.mul(2));
    const shared = linear(2, 2, { rng });
    const mixed = linear(2, 2, { rng, weightInit: (shape) => fromArray(rng.normal(shape, 0, 1, "f64")) });
    const broken = linear(2, 2, { rng });
    broken.bias!.assign(tensor([1, Number.NaN]));
    class Forgetful extends Layer {
      readonly inner = linear(2, 2, { rng });
      protected override forward(x: Tensor): Tensor {
        return this.inner.call(x);
      }
      override config(): LayerConfig {
        return { kind: "flatten" };
      }
    }
    class Closed extends Layer<2, 2> {
      readonly #inner = shared; // a private field is seen by nobody
      protected override forward(x: Tensor, run: Run): Tensor {
        return this.#inner.call(x, run);
      }
      override config(): LayerConfig {
        return { kind: "closed" };
      }
    }
    class Boxed extends Layer<2, 2> {
      readonly box = new Map([["inner", shared]]); // neither a module, a list nor a plain object
      protected override forward(x: Tensor, run: Run): Tensor {
        return this.box.get("inner")!.call(x, run);
      }
      override config(): LayerConfig {
        return { kind: "boxed" };
      }
    }
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const attempts: SavedModel[] = [
      saved(own),
      saved(broken),
      saved(sequential(shared, relu, shared)),
      saved(mixed),
      saved(new Forgetful()),
      saved(network(), { inputShape: [3] }),
      saved(sequential(relu, new Closed())),
      saved(sequential(relu, new Boxed())),
      saved(network(), { notes: circle }),
      saved(network(), { notes: { big: 1n } }),
      saved(network(), { inputShape: [1.5] }),
      saved(network(), { inputShape: [2 ** 20, 2 ** 20] }),
      saved(network(), { preprocessing: { kind: "intensity", scale: Number.NaN } }),
      saved(network(), { preprocessing: { kind: "standardize", mean: [1, 2, 3], std: [1, 1, 1] } }),
      saved(network(), { classNames: [1, 2] as unknown as string[] }),
      saved(network(), { outputs: "classes" as "logits" }),
      saved(network(), { classNames: ["a", "b"] }),
      saved(network(), { preprocessing: { kind: "intensity", scale: 1e-60 } }),
      saved(network(), { notes: { deep: JSON.parse(deep("[", "]", 32)) as unknown } }),
      saved(sequential(...new Array<Layer<number, "same">>(10_000).fill(activation("relu")))),
    ];
    const messages: string[] = [];
    for (const attempt of attempts) {
      expect(() => encodeModel(attempt)).toThrow(UsageError);
      messages.push(await failureOf(() => encodeModel(attempt)));
    }
    expect(messages).toMatchInlineSnapshot(`
      [
        "UsageError: save: a function of one's own cannot be saved
        help: wrap it in a class that extends Layer, and pass the class to load()",
        "UsageError: save: bias holds NaN at [1]",
        "UsageError: save: layers.2 is the same layer as layers.0, which a file cannot say
        help: write a layer of your own that holds it once and calls it twice, and pass its maker to load()",
        "UsageError: save: the file could not be loaded again: tensor "bias" is f32[2], the architecture wants f64[2]",
        "UsageError: save: the file could not be loaded again: tensor "inner.weight" belongs to no layer of the architecture",
        "UsageError: save: the model does not take an input of inputShape [3]: linear: expected 2 features in the last axis, got 3
        x: f32[1, 3]
        weight: f32[6, 2]
        in layers.0",
        "UsageError: save: the model reads a Param of f32[2, 2] that is not found among its fields
        help: keep it, or the layer that owns it, in a public field of a Layer or Module, or in an array or plain object there
        in layers.1",
        "UsageError: save: the model reads a Param of f32[2, 2] that is not found among its fields
        help: keep it, or the layer that owns it, in a public field of a Layer or Module, or in an array or plain object there
        in layers.1",
        "UsageError: save: the description cannot be written as JSON: Converting circular structure to JSON",
        "UsageError: save: the description cannot be written as JSON: Do not know how to serialize a BigInt",
        "UsageError: save: inputShape is not a list of sizes",
        "UsageError: save: inputShape is of 1099511627776 numbers, at most 16777216 are read",
        "UsageError: save: preprocessing has a scale of null: expected a number",
        "UsageError: save: standardizes 3 numbers, an input has 2",
        "UsageError: save: classNames is not a list of names",
        "UsageError: save: outputs is "classes": expected "logits" or "scores"",
        "UsageError: save: there are 2 classNames, but the model has 3 outputs",
        "UsageError: save: preprocessing has a scale of 1e-60, which is 0 in f32",
        "UsageError: save: notes is nested more than 32 deep",
        "UsageError: save: the file could not be loaded again: there are more than 10000 layers",
      ]
    `);
  });

  test("one layer in two places, but not one without weights, nor inside a layer of one's own", async () => {
    const [shared, rest, chance] = [linear(2, 2, { rng }), sequential(relu), dropout(0.5)];
    const nested = sequential(sequential(shared), rest, sequential(sequential(shared)), rest);
    expect(await failureOf(() => encodeModel(saved(nested)))).toMatchInlineSnapshot(`
      "UsageError: save: layers.2.layers.0.layers.0 is the same layer as layers.0.layers.0, which a file cannot say
        help: write a layer of your own that holds it once and calls it twice, and pass its maker to load()"
    `);
    const twice = sequential(chance, shared, chance);
    expect(bitsOf(decodeModel(encodeModel(saved(twice))).model)).toBe(bitsOf(twice));

    /** Its maker makes the one layer, and so both places. */
    class Mirror extends Layer<2, 2> {
      readonly inner = linear(2, 2, { rng });
      readonly both = sequential(this.inner, relu, this.inner);
      protected override forward(x: Tensor, run: Run): Tensor {
        return this.both.call(x, run);
      }
      override config(): LayerConfig {
        return { kind: "mirror" };
      }
    }
    const mirror = new Mirror();
    const read = decodeModel(encodeModel(saved(mirror)), { layers: { mirror: () => new Mirror() } });
    expect(await read.model.call(tensor([[1, 2]])).data()).toEqual(await mirror.call(tensor([[1, 2]])).data());
  });

  test("but not a model of indices, which takes no fractions", () => {
    class Embedding extends Layer<number, 2> {
      readonly table = linear(2, 5, { rng, bias: false }).weight;
      protected override forward(x: Tensor): Tensor {
        return gather(this.table.value, x);
      }
      override config(): LayerConfig {
        return { kind: "embedding" };
      }
    }
    const model = new Embedding();
    const read = decodeModel(encodeModel(saved(model)), { layers: { embedding: () => new Embedding() } });
    expect(bitsOf(read.model)).toBe(bitsOf(model));
  });

  test("a layer of one's own is taken at its word, but its weights are checked", async () => {
    expect(encodeModel(saved(new Twice())).length).toBeGreaterThan(0);
    const model = new RunningMean(2);
    model.mean.assign(tensor([1, Number.POSITIVE_INFINITY]));
    expect(await failureOf(() => encodeModel(saved(model)))).toMatchInlineSnapshot(
      `"UsageError: save: mean holds Infinity at [1]"`,
    );
  });
});

// A good file, and ways to spoil it.

const good = encodeModel(saved(network(), { classNames: ["a", "b", "c"], notes: { seed: 1 } }));

interface Description {
  architecture: { kind: string; layers: Record<string, unknown>[] };
  [key: string]: unknown;
}

/** The good file with other tensors or another description. */
function spoiled(change: (description: Description, tensors: Map<string, ArrayData>) => unknown): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(good);
  const description = JSON.parse(metadata.glassnet!) as Description;
  const copy = new Map(tensors);
  const replaced = change(description, copy);
  const text = typeof replaced === "string" ? replaced : JSON.stringify(description);
  return encodeSafetensors(copy, { glassnet: text });
}

/** Sets a field of the description, or of the first layer. */
const field = (name: string, value: unknown) => spoiled((d) => Object.assign(d, { [name]: value }) && undefined);
const inFirst = (name: string, value: unknown) =>
  spoiled((d) => Object.assign(d.architecture.layers[0]!, { [name]: value }) && undefined);
/** The description with a piece of JSON that no object can express. */
const raw = (name: string, json: string) =>
  spoiled((d) => JSON.stringify({ ...d, [name]: "HERE" }).replace('"HERE"', json));

const deep = (open: string, close: string, n = 100_000) => open.repeat(n) + close.repeat(n);
const deepList = deep("[", "]");
const deepObject = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
const deepLayers = `${'{"kind":"sequential","layers":['.repeat(10_000)}${"]}".repeat(10_000)}`;
const array = (dtype: "f32" | "f64", ...shape: number[]): ArrayData => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype, shape, data: dtype === "f32" ? new Float32Array(size) : new Float64Array(size) } as ArrayData;
};

const hostile: { readonly [R in (typeof modelReasons)[number]]: readonly Uint8Array[] } = {
  "not-a-model": [encodeSafetensors({ w: array("f32", 2) }), encodeSafetensors({}, { format: "pt" })],
  "bad-description": [
    spoiled(() => "{"),
    spoiled(() => "[]"),
    spoiled(() => "null"),
    spoiled(() => '"text"'),
    field("version", 0),
    field("version", "1"),
    raw("version", deepList),
    raw("version", '{"toString":1,"valueOf":2}'),
    field("inputShape", "2"),
    field("inputShape", [-2]),
    field("inputShape", [0]),
    field("inputShape", [2 ** 16, 2 ** 16]),
    field("inputShape", [1e308, 1e308]),
    field("inputShape", new Array(9).fill(1)),
    raw("inputShape", deepList),
    field("classNames", "abc"),
    field("classNames", [1, 2, 3]),
    raw("outputs", '{"toString":1}'),
    raw("outputs", deepList),
    field("notes", []),
    field("preprocessing", { kind: "standardize", mean: [1, 2, 3], std: [1, 1, 1] }),
    field("inputShape", [2 ** 12, 2 ** 12, 2]),
    field("inputShape", [3]),
    field("inputShape", []),
    field("classNames", ["a", "b"]),
    field("classNames", new Array(100_001).fill("")),
    field("classNames", ["a", "b", "x".repeat(1001)]),
    raw("notes", `{"a":${deep("[", "]", 32)}}`),
    raw("notes", `{"a":${deepObject}}`),
  ],
  "newer-version": [field("version", 2), field("version", 1e300)],
  "bad-preprocessing": [
    field("preprocessing", null),
    field("preprocessing", { kind: "pca" }),
    field("preprocessing", { kind: "intensity", scale: "1" }),
    raw("preprocessing", deepList),
    raw("preprocessing", `{"kind":${deepList}}`),
    raw("preprocessing", `{"kind":"intensity","scale":${deepObject}}`),
    raw("preprocessing", '{"__proto__":{"kind":"none"}}'),
    field("preprocessing", { kind: "intensity", scale: 0 }),
    field("preprocessing", { kind: "intensity", scale: 1e-60 }),
    field("preprocessing", { kind: "binary", threshold: 1e60 }),
    field("preprocessing", { kind: "standardize", mean: [1e60], std: [1] }),
    field("preprocessing", { kind: "standardize", mean: [1], std: [1e60] }),
    field("preprocessing", { kind: "standardize", mean: [1, 1], std: [1, 1e-60] }),
  ],
  "bad-architecture": [
    field("architecture", null),
    field("architecture", ["linear"]),
    field("architecture", {}),
    field("architecture", { kind: 1 }),
    raw("architecture", deepList),
    raw("architecture", deepObject),
    raw("architecture", deepLayers),
    raw("architecture", `{"kind":${deepList}}`),
    raw("architecture", '{"__proto__":{"kind":"flatten"}}'),
    field("architecture", { kind: "sequential", layers: { length: 3 } }),
    field("architecture", { kind: "activation", name: "constructor" }),
    raw("architecture", `{"kind":"activation","name":${deepList}}`),
    field("architecture", { kind: "dropout", rate: 1 }),
    field("architecture", { kind: "dropout", rate: "0.5" }),
    inFirst("inFeatures", 0),
    inFirst("inFeatures", -1),
    inFirst("inFeatures", 1.5),
    inFirst("inFeatures", "2"),
    inFirst("dtype", "f16"),
    raw("architecture", '{"kind":"linear","inFeatures":{"valueOf":3},"outFeatures":1}'),
    // Gigabytes and more: refused before memory is asked for.
    inFirst("inFeatures", 2 ** 31),
    inFirst("outFeatures", 2 ** 40),
    inFirst("outFeatures", 1e308),
    field("architecture", { kind: "linear", inFeatures: 46_340, outFeatures: 46_340 }),
    field("architecture", {
      kind: "sequential",
      layers: new Array(1e5).fill({ kind: "linear", inFeatures: 9, outFeatures: 9 }),
    }),
  ],
  "unknown-layer": [
    field("architecture", { kind: "conv3d" }),
    field("architecture", { kind: "__proto__" }),
    field("architecture", { kind: "toString" }),
    field("architecture", { kind: "x".repeat(1_000_000) }),
  ],
  "missing-tensor": [
    spoiled((_, tensors) => tensors.delete("layers.3.bias") && undefined),
    spoiled(
      (d) => d.architecture.layers.push({ kind: "linear", inFeatures: 3, outFeatures: 3, bias: true }) && undefined,
    ),
  ],
  "unexpected-tensor": [
    spoiled((_, tensors) => tensors.set("extra", array("f32", 1)) && undefined),
    spoiled((_, tensors) => tensors.set("__proto__", array("f32", 1)) && undefined),
    spoiled((_, tensors) => tensors.set("layers.0.weight.x".repeat(10_000), array("f32", 1)) && undefined),
    inFirst("bias", false),
    spoiled((d) => d.architecture.layers.pop() && undefined),
  ],
  "wrong-tensor": [
    spoiled((_, tensors) => tensors.set("layers.0.weight", array("f32", 2, 6)) && undefined),
    spoiled((_, tensors) => tensors.set("layers.0.weight", array("f64", 6, 2)) && undefined),
    spoiled((_, tensors) => tensors.set("layers.0.bias", array("f32", 6, 1)) && undefined),
    spoiled((_, tensors) => tensors.set("layers.0.bias", array("f32", 7)) && undefined),
    inFirst("dtype", "f64"),
    inFirst("inFeatures", 1),
  ],
  "not-finite": [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((x) =>
    spoiled((_, tensors) => {
      const { dtype, shape, data } = tensors.get("layers.0.weight")!;
      const copy = Float32Array.from(data);
      copy[7] = x;
      tensors.set("layers.0.weight", { dtype, shape, data: copy } as ArrayData);
      return undefined;
    }),
  ),
};

const withoutFolder = (text: string) => text.replaceAll(folder, "DIR");

function errorOf(bytes: Uint8Array): FormatError {
  try {
    decodeModel(bytes, {}, "digits.safetensors");
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

test.each(modelReasons)("a file that is wrong by %s is refused", (reason) => {
  const before = process.memoryUsage();
  for (const bytes of hostile[reason]) {
    const error = errorOf(bytes);
    expect(error.reason, error.message).toBe(reason);
    expect(error.code).toBe("invalid-file");
    expect(error.message.length).toBeLessThan(400);
  }
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 28);
});

test("errors name the file, what is wrong and what was expected", () => {
  const messages = Object.values(hostile).flatMap((files) => files.map((bytes) => errorOf(bytes).message));
  expect([...new Set(messages)]).toMatchInlineSnapshot(`
    [
      "digits.safetensors: the file has tensors but no "glassnet" description
      help: only models that Glassnet saved can be loaded",
      "digits.safetensors: the description is not JSON",
      "digits.safetensors: the description is not an object",
      "digits.safetensors: version is 0",
      "digits.safetensors: version is "1"",
      "digits.safetensors: version is a list",
      "digits.safetensors: version is an object",
      "digits.safetensors: inputShape is not a list of sizes",
      "digits.safetensors: inputShape is of 4294967296 numbers, at most 16777216 are read",
      "digits.safetensors: inputShape is of Infinity numbers, at most 16777216 are read",
      "digits.safetensors: classNames is not a list of names",
      "digits.safetensors: outputs is an object: expected "logits" or "scores"",
      "digits.safetensors: outputs is a list: expected "logits" or "scores"",
      "digits.safetensors: notes is not an object",
      "digits.safetensors: standardizes 3 numbers, an input has 2",
      "digits.safetensors: inputShape is of 33554432 numbers, at most 16777216 are read",
      "digits.safetensors: the model does not take an input of inputShape [3]: linear: expected 2 features in the last axis, got 3
      x: f32[1, 3]
      weight: f32[6, 2]
      in layers.0",
      "digits.safetensors: the model does not take an input of inputShape []: linear: expected 2 features in the last axis, got 1
      x: f32[1]
      weight: f32[6, 2]
      in layers.0",
      "digits.safetensors: there are 2 classNames, but the model has 3 outputs",
      "digits.safetensors: there are 100001 classNames, at most 100000 are read",
      "digits.safetensors: name 2 of classNames has more than 1000 characters",
      "digits.safetensors: notes is nested more than 32 deep",
      "digits.safetensors: the file has version 2, this library reads 1
      help: update glassnet",
      "digits.safetensors: the file has version 1e+300, this library reads 1
      help: update glassnet",
      "digits.safetensors: preprocessing must be an object, got null",
      "digits.safetensors: preprocessing kind "pca" is unknown: expected "none", "intensity", "binary" or "standardize"",
      "digits.safetensors: preprocessing has a scale of "1": expected a number",
      "digits.safetensors: preprocessing kind undefined is unknown: expected "none", "intensity", "binary" or "standardize"",
      "digits.safetensors: preprocessing kind a list is unknown: expected "none", "intensity", "binary" or "standardize"",
      "digits.safetensors: preprocessing has a scale of an object: expected a number",
      "digits.safetensors: preprocessing has a scale of 0, which is 0 in f32",
      "digits.safetensors: preprocessing has a scale of 1e-60, which is 0 in f32",
      "digits.safetensors: preprocessing has a threshold of 1e+60, which is Infinity in f32",
      "digits.safetensors: preprocessing has a mean of 1e+60, which is Infinity in f32",
      "digits.safetensors: preprocessing has a std of 1e+60, which is Infinity in f32",
      "digits.safetensors: preprocessing has a std of 1e-60, which is 0 in f32",
      "digits.safetensors: a layer must be described by an object, got null",
      "digits.safetensors: a layer must be described by an object, got a list",
      "digits.safetensors: the kind of a layer must be a text, got undefined",
      "digits.safetensors: the kind of a layer must be a text, got 1",
      "digits.safetensors: layers are nested more than 64 deep",
      "digits.safetensors: the kind of a layer must be a text, got a list",
      "digits.safetensors: sequential: layers must be a list, got an object",
      "digits.safetensors: unknown activation "constructor": expected "relu", "leakyRelu", "elu", "silu", "gelu", "sigmoid", "tanh", "softplus", "softmax" or "logSoftmax"",
      "digits.safetensors: unknown activation a list: expected "relu", "leakyRelu", "elu", "silu", "gelu", "sigmoid", "tanh", "softplus", "softmax" or "logSoftmax"",
      "digits.safetensors: dropout: rate cannot be 1",
      "digits.safetensors: dropout: rate must be a number, got "0.5"",
      "digits.safetensors: linear: inFeatures cannot be 0",
      "digits.safetensors: linear: inFeatures cannot be -1",
      "digits.safetensors: linear: inFeatures cannot be 1.5",
      "digits.safetensors: linear: inFeatures must be a number, got "2"",
      "digits.safetensors: linear: dtype cannot be "f16"",
      "digits.safetensors: linear: inFeatures must be a number, got an object",
      "digits.safetensors: linear: the layers have more parameters than the file holds",
      "digits.safetensors: there are more than 10000 layers",
      "digits.safetensors: unknown layer "conv3d": expected "linear", "activation", "dropout", "flatten", "rescale" or "sequential"
      help: pass the maker of a layer of your own: load(file, { layers: { "conv3d": (config) => … } })",
      "digits.safetensors: unknown layer "__proto__": expected "linear", "activation", "dropout", "flatten", "rescale" or "sequential"
      help: pass the maker of a layer of your own: load(file, { layers: { "__proto__": (config) => … } })",
      "digits.safetensors: unknown layer "toString": expected "linear", "activation", "dropout", "flatten", "rescale" or "sequential"
      help: pass the maker of a layer of your own: load(file, { layers: { "toString": (config) => … } })",
      "digits.safetensors: unknown layer "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": expected "linear", "activation", "dropout", "flatten", "rescale" or "sequential"
      help: pass the maker of a layer of your own: load(file, { layers: { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": (config) => … } })",
      "digits.safetensors: tensor "layers.3.bias" is missing",
      "digits.safetensors: tensor "layers.4.weight" is missing",
      "digits.safetensors: tensor "extra" belongs to no layer of the architecture",
      "digits.safetensors: tensor "__proto__" belongs to no layer of the architecture",
      "digits.safetensors: tensor "layers.0.weight.xlayers.0.weight.xlayers.0.weight.xlayers.0.…" belongs to no layer of the architecture",
      "digits.safetensors: tensor "layers.0.bias" belongs to no layer of the architecture",
      "digits.safetensors: tensor "layers.3.bias" belongs to no layer of the architecture",
      "digits.safetensors: tensor "layers.0.weight" is f32[2, 6], the architecture wants f32[6, 2]",
      "digits.safetensors: tensor "layers.0.weight" is f64[6, 2], the architecture wants f32[6, 2]",
      "digits.safetensors: tensor "layers.0.bias" is f32[6, 1], the architecture wants f32[6]",
      "digits.safetensors: tensor "layers.0.bias" is f32[7], the architecture wants f32[6]",
      "digits.safetensors: tensor "layers.0.weight" is f32[6, 2], the architecture wants f64[6, 2]",
      "digits.safetensors: tensor "layers.0.weight" is f32[6, 2], the architecture wants f32[6, 1]",
      "digits.safetensors: tensor "layers.0.weight" holds NaN at [3, 1]",
      "digits.safetensors: tensor "layers.0.weight" holds Infinity at [3, 1]",
      "digits.safetensors: tensor "layers.0.weight" holds -Infinity at [3, 1]",
    ]
  `);
});

test("what is just within the limits is read", () => {
  const notes = { deep: JSON.parse(deep("[", "]", 31)) as unknown };
  const layers = sequential(...new Array<Layer<number, "same">>(9_999).fill(activation("relu")));
  const classNames = ["x".repeat(1000), ...new Array<string>(99_999).fill("")];
  const preprocessing = { kind: "intensity", scale: 1e-45 } as const;
  const bytes = encodeModel(saved(layers, { inputShape: [100_000], classNames, notes, preprocessing }));
  expect(encodeModel(decodeModel(bytes))).toEqual(bytes);
  expect(decodeModel(encodeModel(saved(layers, { inputShape: [2 ** 12, 2 ** 12] }))).inputShape).toEqual([4096, 4096]);
});

test("nothing of a hostile file reaches the prototype of objects", () => {
  const text = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const read = decodeModel(raw("notes", text));
  expect((read.notes as { polluted?: number }).polluted).toBeUndefined();
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

describe("the file itself may be broken", () => {
  test("a file cut short, with overlapping tensors, with a header of 2^63 bytes, or that is another's", () => {
    const overlapping = editHeader((text) => text.replace("[24,72]", "[20,68]"));
    const huge = good.slice();
    new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
    const others = encodeModel(saved(sequential(linear(3, 4, { rng })), { inputShape: [3] }));
    const mixed = encodeSafetensors(decodeSafetensors(others).tensors, decodeSafetensors(good).metadata as never);
    const files = [
      good.subarray(0, good.length - 1),
      good.subarray(0, 100),
      overlapping,
      huge,
      mixed,
      new Uint8Array(0),
    ];
    expect(files.map((bytes) => `${errorOf(bytes).reason}: ${errorOf(bytes).message}`)).toMatchInlineSnapshot(`
      [
        "truncated: digits.safetensors: cut short: the tensors take 156 bytes, the file has 155 for them",
        "header-past-end: digits.safetensors: the header ends at byte 752, the file has 100",
        "gap-or-overlap: digits.safetensors: tensor "layers.0.weight" overlaps the tensor before it: it begins at 20, expected 24",
        "header-too-large: digits.safetensors: the header has 9223372036854775808 bytes, the format allows 100000000",
        "wrong-tensor: digits.safetensors: tensor "layers.0.weight" is f32[4, 3], the architecture wants f32[6, 2]",
        "too-short: digits.safetensors: a file has at least 8 bytes, this one has 0",
      ]
    `);
  });

  test("cut short anywhere, it is refused", () => {
    for (let n = 0; n < good.length; n++) expect(errorOf(good.subarray(0, n))).toBeInstanceOf(FormatError);
  });

  test("with any one bit flipped it is refused or read, and nothing else happens", () => {
    let refused = 0;
    for (let bit = 0; bit < good.length * 8; bit++) {
      const flipped = good.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (!isReadable(flipped)) refused++;
    }
    expect(refused).toBeGreaterThan(good.length); // the weights may be anything
  });

  test("with bytes changed, removed and repeated at random it is refused or read, and nothing else happens", () => {
    const stream = Rng.seeded(99);
    const below = (n: number) => Math.floor(stream.next() * n);
    for (let run = 0; run < 3000; run++) {
      let bytes = [...good];
      for (let edit = 0; edit <= below(4); edit++) {
        const at = below(bytes.length);
        const kind = below(3);
        if (kind === 0) bytes[at] = below(256);
        else if (kind === 1) bytes.splice(at, below(9));
        else bytes = [...bytes.slice(0, at), ...bytes.slice(at - below(9), at), ...bytes.slice(at)];
      }
      isReadable(Uint8Array.from(bytes));
    }
  });

  test("with a description changed at random it is refused or read, and nothing else happens", () => {
    const { tensors, metadata } = decodeSafetensors(good);
    const tokens = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "0",
      "-1",
      "1e999",
      "null",
      "true",
      '"__proto__"',
      "9".repeat(20),
    ];
    const stream = Rng.seeded(100);
    const below = (n: number) => Math.floor(stream.next() * n);
    for (let run = 0; run < 3000; run++) {
      let text = metadata.glassnet!;
      for (let edit = 0; edit <= below(3); edit++) {
        const at = below(text.length);
        text = text.slice(0, at) + tokens[below(tokens.length)]! + text.slice(at + below(6));
      }
      isReadable(encodeSafetensors(tensors, { glassnet: text }));
    }
  });
});

function isReadable(bytes: Uint8Array): boolean {
  try {
    decodeModel(bytes);
    return true;
  } catch (error) {
    if (error instanceof FormatError || error instanceof UsageError) return false;
    throw error;
  }
}

/** The good file with the text of its header changed to one of the same length. */
function editHeader(change: (text: string) => string): Uint8Array {
  const length = Number(new DataView(good.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(good.subarray(8, 8 + length));
  const changed = new TextEncoder().encode(change(text));
  expect(changed.length).toBe(length);
  expect(change(text)).not.toBe(text);
  const bytes = good.slice();
  bytes.set(changed, 8);
  return bytes;
}

test("an independent reader in Python finds the names, shapes, values and the description that save() wrote", async () => {
  const path = join(folder, "digits.safetensors");
  const model = sequential(flatten(), linear(4, 3, { rng }), relu, dropout(0.1), linear(3, 2, { rng }));
  const preprocessing = { kind: "intensity", scale: 1 / 255 } as const;
  await save(path, { model, inputShape: [1, 2, 2], preprocessing, classNames: ["no", "是"], notes: { seed: 5 } });
  const reader = fileURLToPath(new URL("../../test/formats/read_safetensors.py", import.meta.url));
  const python = spawnSync("python3", [reader, path], { encoding: "utf8", env: { ...process.env, PYTHONUTF8: "1" } });
  if (python.error !== undefined) throw new Error("this test needs python3 (3.8 or later): install it, no packages");
  expect(python.stderr).toBe("");
  const { metadata, tensors } = JSON.parse(python.stdout) as {
    metadata: Record<string, string>;
    tensors: Record<string, unknown>;
  };
  const expected = [...variablesOf(model)].map(([name, { shape, value }]) => [
    name,
    { dtype: "F32", shape, values: [...value.dataSync()] },
  ]);
  expect(tensors).toEqual(Object.fromEntries(expected));
  expect(Object.keys(metadata)).toEqual(["glassnet"]);
  expect(JSON.parse(metadata.glassnet!)).toEqual({
    version: 1,
    architecture: {
      kind: "sequential",
      layers: [
        { kind: "flatten" },
        { kind: "linear", inFeatures: 4, outFeatures: 3, bias: true },
        { kind: "activation", name: "relu" },
        { kind: "dropout", rate: 0.1 },
        { kind: "linear", inFeatures: 3, outFeatures: 2, bias: true },
      ],
    },
    inputShape: [1, 2, 2],
    preprocessing,
    outputs: "logits",
    classNames: ["no", "是"],
    notes: { seed: 5 },
  });
  expect(new Uint8Array(readFileSync(path))).toEqual(
    encodeModel({ model, inputShape: [1, 2, 2], preprocessing, classNames: ["no", "是"], notes: { seed: 5 } }),
  );
});

test("save computes pending weights where one says, on a device that cannot block too", async () => {
  const [path, device] = [join(folder, "pending.safetensors"), new WatchedDevice()];
  const model = network();
  for (const variable of variablesOf(model).values()) variable.assign(variable.value.mul(2));
  await save(path, saved(model), { device });
  expect(device.runs).toEqual([1]); // all in one run
  expect(bitsOf((await load(path)).model)).toBe(bitsOf(model));
});

test("load names the file, and does not unpack it", async () => {
  const path = join(folder, "broken.safetensors");
  writeFileSync(path, good.subarray(0, 50));
  expect(await failureOf(() => load(path)).then(withoutFolder)).toMatchInlineSnapshot(
    `"FormatError: DIR/broken.safetensors: the header ends at byte 752, the file has 50"`,
  );
  expect(await failureOf(() => load(join(folder, "none"))).then(withoutFolder)).toMatchInlineSnapshot(
    `"UsageError: DIR/none: cannot read: no such file or folder"`,
  );
  writeFileSync(path, gzipSync(good));
  expect(await failureOf(() => load(path)).then(withoutFolder)).toMatchInlineSnapshot(`
    "FormatError: DIR/broken.safetensors: is packed by gzip
      help: unpack it: model files are read as they are"
  `);
});
