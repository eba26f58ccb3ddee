import type { ArrayData } from "../core/array.ts";
import { FormatError, GlassnetError, UsageError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { formatShape, formatType, type Shape, sameShape, sizeOf } from "../core/shape.ts";
import { describeValue, isPlainObject, joinPath } from "../core/tree.ts";
import { type Preprocessing, parsePreprocessing } from "../data/preprocessing.ts";
import type { Layer } from "../nn/layer.ts";
import { type LayerMaker, makeLayer } from "../nn/registry.ts";
import { Run } from "../nn/run.ts";
import { Sequential } from "../nn/sequential.ts";
import { traceCall } from "../nn/trace-call.ts";
import { computeSync } from "../tensor/compute.ts";
import { fromArray } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { variablesOf } from "../tensor/variable.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/**
 * @file The model file: safetensors, so any tool reads the weights, with one metadata entry `glassnet`: a JSON
 * description of the architecture, the classes and the preprocessing, so that the file alone is enough to predict.
 */

export type { LayerMaker };

const MODEL_VERSION = 1;
/** More axes than any input has. */
const MAX_RANK = 8;
/** More numbers than any input has: a call with one of them must not take all memory. */
const MAX_INPUT_SIZE = 2 ** 24;
const MAX_LAYERS = 10_000;
const MAX_CLASSES = 100_000;
const MAX_NAME_LENGTH = 1000;
/** Of the values of `notes`; whoever prints them may use recursion. */
const MAX_NOTES_DEPTH = 32;
const SPARE_PARAMETERS = 2 ** 20;
const METADATA_KEY = "glassnet";

/** A model with what is needed to use it. */
export interface SavedModel {
  readonly model: Layer;
  /** Shape of one input, without the batch axis. */
  readonly inputShape: Shape;
  /** How stored inputs become what the network sees. */
  readonly preprocessing: Preprocessing;
  /** Names of the outputs, if they are classes. */
  readonly classNames?: readonly string[];
  /** What the outputs are: logits of a softmax, or scores as they stand. "logits" by default. */
  readonly outputs?: "logits" | "scores";
  /** Anything else worth keeping, as plain data: seed, accuracy, where it was trained. */
  readonly notes?: Readonly<Record<string, unknown>>;
}

export interface LoadOptions {
  /** Makers for layers of one's own, by the kind in their `config`. */
  readonly layers?: Readonly<Record<string, LayerMaker>>;
}

/**
 * The bytes of a model file. Weights that are still pending are computed, which a device must then be able to do at once;
 * `compute` them before where it is not.
 *
 * @throws UsageError if a layer cannot be saved, a weight is not a finite number, the model reads a weight that is not found
 * among its fields, or the file could not be loaded again.
 */
export function encodeModel(saved: SavedModel): Uint8Array<ArrayBuffer> {
  const { model, inputShape, preprocessing, classNames, outputs = "logits", notes } = saved;
  const variables = variablesOf(model);
  computeSync([...variables.values()].map(({ value }) => value));
  const tensors = new Map<string, ArrayData>();
  for (const [path, { value }] of variables) {
    const { dtype, shape, stored } = value;
    const array: ArrayData = { dtype, shape, data: stored! };
    tensors.set(path, array);
    const found = notFinite(array);
    if (found !== undefined) throw new UsageError("invalid-data", "save", `${path} holds ${found}`);
  }
  const description = {
    version: MODEL_VERSION,
    architecture: model.config(),
    inputShape,
    preprocessing,
    outputs,
    ...(classNames && { classNames }),
    ...(notes && { notes }),
  };
  const text = toJson(description);
  checkShared(model);
  checkLoads(text, tensors);
  checkCall(saved, "save");
  return encodeSafetensors(tensors, { [METADATA_KEY]: text });
}

function toJson(description: object): string {
  try {
    return JSON.stringify(description);
  } catch (cause) {
    throw notJson(cause);
  }
}

function notJson(cause: unknown): UsageError {
  const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
  return new UsageError("invalid-data", "save", `the description cannot be written as JSON: ${reason}`, { cause });
}

/** What is saved must load again. Layers of one's own cannot be tried: their makers are given to `load`. */
function checkLoads(text: string, tensors: ReadonlyMap<string, ArrayData>): void {
  try {
    const { architecture } = parseDescription(text, "save");
    checkTensors(makeLayer(architecture, {}, { where: "save" }), tensors, "save");
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (error.reason !== "unknown-layer") throw notLoadable(error);
  }
}

/** The description says what each place holds, not that two places hold one layer: it would come back as two. */
function checkShared(model: Layer): void {
  const paths = new Map<Layer, string>();
  const walk = (layer: Layer, path: string): void => {
    const first = paths.get(layer);
    if (first !== undefined && variablesOf(layer).size > 0) {
      throw new UsageError("unsupported", "save", `${path} is the same layer as ${first}, which a file cannot say`, {
        help: "write a layer of your own that holds it once and calls it twice, and pass its maker to load()",
      });
    }
    paths.set(layer, path);
    if (!(layer instanceof Sequential)) return; // how a layer of one's own comes back is its maker's affair
    for (const [i, part] of layer.layers.entries()) walk(part, joinPath(path, `layers.${i}`));
  };
  walk(model, "");
}

/**
 * The model must take an input of the shape that the file states, give as many outputs as there are class names, and read
 * nothing that the file does not hold.
 */
function checkCall(saved: Pick<SavedModel, "model" | "inputShape" | "classNames">, where: string): void {
  const { model, inputShape, classNames } = saved;
  let shape: Shape = [1];
  const onCall = (path: string, _: Tensor, output: Tensor) => {
    if (path === "") ({ shape } = output);
  };
  try {
    traceCall(where, model, inputShape, () => new Run({ onCall }));
  } catch (error) {
    if (!(error instanceof GlassnetError) || error instanceof UsageError) throw error;
    const what = `the model does not take an input of inputShape ${formatShape(inputShape)}: ${error.message}`;
    throw unfit(where, what, error);
  }
  const outputs = shape.slice(1).at(-1) ?? 1;
  if (classNames !== undefined && classNames.length !== outputs) {
    throw unfit(where, `there are ${classNames.length} classNames, but the model has ${outputs} outputs`);
  }
}

function unfit(where: string, what: string, cause?: GlassnetError): GlassnetError {
  const parts = cause === undefined ? {} : { cause };
  if (where === "save") return new UsageError("invalid-data", where, what, parts);
  return new FormatError("bad-description", where, what, parts);
}

function notLoadable(cause: FormatError): UsageError {
  const what = cause.message.slice("save: ".length).split("\n")[0]!;
  const isOption = cause.reason === "bad-description" || cause.reason === "bad-preprocessing";
  if (isOption) return new UsageError("invalid-option", "save", what, { cause });
  return new UsageError("unsupported", "save", `the file could not be loaded again: ${what}`, { cause });
}

/** Why a file that is valid safetensors is not a model; `FormatError.reason`. */
export const modelReasons = [
  "not-a-model",
  "bad-description",
  "newer-version",
  "bad-preprocessing",
  "bad-architecture",
  "unknown-layer",
  "missing-tensor",
  "unexpected-tensor",
  "wrong-tensor",
  "not-finite",
] as const;

/**
 * Reads a model file. Every name, shape and dtype is checked before a weight is taken over.
 *
 * @param where names the file in errors.
 * @throws FormatError with one of `modelReasons` or `safetensorsReasons`.
 */
export function decodeModel(bytes: Uint8Array, options: LoadOptions = {}, where = "model"): SavedModel {
  checkNames("load", { layers: true } satisfies OptionNames<LoadOptions>, options);
  const { layers = {} } = options;
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const description = parseDescription(metadata[METADATA_KEY], where);
  let maxParameters = SPARE_PARAMETERS; // so that what is amiss in a file of usual size can be named
  for (const { data } of tensors.values()) maxParameters += 2 * data.length;
  const model = makeLayer(description.architecture, layers, { where, maxParameters });
  checkTensors(model, tensors, where);
  checkFinite(tensors, where);
  checkCall({ model, ...description }, where);
  for (const [path, variable] of variablesOf(model)) variable.assign(fromArray(tensors.get(path)!));
  const { architecture: _, ...rest } = description;
  return { model, ...rest };
}

/** Checks that the tensors are the model's variables: all of them, no others, each of its type. */
function checkTensors(model: Layer, tensors: ReadonlyMap<string, ArrayData>, where: string): void {
  const fail: (reason: (typeof modelReasons)[number], what: string) => never = (reason, what) => {
    throw new FormatError(reason, where, what);
  };
  const variables = variablesOf(model);
  for (const name of tensors.keys()) {
    if (!variables.has(name)) {
      fail("unexpected-tensor", `tensor ${describeValue(name)} belongs to no layer of the architecture`);
    }
  }
  for (const [path, variable] of variables) {
    const tensor = tensors.get(path);
    if (tensor === undefined) fail("missing-tensor", `tensor "${path}" is missing`);
    if (tensor.dtype !== variable.dtype || !sameShape(tensor.shape, variable.shape)) {
      fail("wrong-tensor", `tensor "${path}" is ${formatType(tensor)}, the architecture wants ${formatType(variable)}`);
    }
  }
}

function checkFinite(tensors: ReadonlyMap<string, ArrayData>, where: string): void {
  for (const [name, array] of tensors) {
    const found = notFinite(array);
    if (found !== undefined) throw new FormatError("not-finite", where, `tensor "${name}" holds ${found}`);
  }
}

/** The first number that is not finite, and where: `NaN at [1, 0]`. */
function notFinite({ shape, data }: ArrayData): string | undefined {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const index: number[] = [];
    let rest = i;
    for (const n of shape.toReversed()) {
      index.unshift(rest % n);
      rest = Math.floor(rest / n);
    }
    return `${data[i]} at ${formatShape(index)}`;
  }
  return undefined;
}

/** Counted before one is made. Layers of one's own keep theirs where they like, and are made by code that is trusted. */
function checkLayerCount(architecture: unknown, where: string): void {
  const open = [architecture];
  let count = 0;
  for (let config = open.pop(); config !== undefined; config = open.pop()) {
    count++;
    const layers: unknown = isPlainObject(config) ? config.layers : undefined;
    if (!Array.isArray(layers)) continue;
    if (count + open.length + layers.length > MAX_LAYERS) {
      throw new FormatError("bad-architecture", where, `there are more than ${MAX_LAYERS} layers`);
    }
    for (const layer of layers as unknown[]) open.push(layer);
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((part) => isDeeper(part, depth - 1));
}

/** What is finite and above 0 in the file may be neither in f32, in which it is applied. */
function checkPreprocessing(preprocessing: Preprocessing, where: string): void {
  const check = (name: string, x: number, isDivisor: boolean) => {
    const single = Math.fround(x);
    if (Number.isFinite(single) && !(isDivisor && single === 0)) return;
    throw new FormatError("bad-preprocessing", where, `preprocessing has a ${name} of ${x}, which is ${single} in f32`);
  };
  const { kind } = preprocessing;
  if (kind === "intensity") check("scale", preprocessing.scale, true);
  if (kind === "binary") check("threshold", preprocessing.threshold, false);
  if (kind === "standardize") {
    for (const mean of preprocessing.mean) check("mean", mean, false);
    for (const std of preprocessing.std) check("std", std, true);
  }
}

function parseDescription(text: string | undefined, where: string) {
  const fail = (what: string): never => {
    throw new FormatError("bad-description", where, what);
  };
  if (text === undefined) {
    throw new FormatError("not-a-model", where, `the file has tensors but no "${METADATA_KEY}" description`, {
      help: "only models that Glassnet saved can be loaded",
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail("the description is not JSON");
  }
  if (!isPlainObject(json)) return fail("the description is not an object");
  const { version, architecture, inputShape, preprocessing, classNames, outputs, notes } = json;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    return fail(`version is ${describeValue(version)}`);
  if (version > MODEL_VERSION) {
    throw new FormatError(
      "newer-version",
      where,
      `the file has version ${version}, this library reads ${MODEL_VERSION}`,
      {
        help: "update glassnet",
      },
    );
  }
  const isShape =
    Array.isArray(inputShape) &&
    inputShape.length <= MAX_RANK &&
    inputShape.every((n) => Number.isInteger(n) && n >= 1);
  if (!isShape) return fail("inputShape is not a list of sizes");
  const columns = sizeOf(inputShape as number[]);
  if (columns > MAX_INPUT_SIZE) return fail(`inputShape is of ${columns} numbers, at most ${MAX_INPUT_SIZE} are read`);
  const isNames = Array.isArray(classNames) && classNames.every((name) => typeof name === "string");
  if (classNames !== undefined) {
    if (!isNames) return fail("classNames is not a list of names");
    if (classNames.length > MAX_CLASSES)
      fail(`there are ${classNames.length} classNames, at most ${MAX_CLASSES} are read`);
    const long = classNames.findIndex((name) => (name as string).length > MAX_NAME_LENGTH);
    if (long >= 0) fail(`name ${long} of classNames has more than ${MAX_NAME_LENGTH} characters`);
  }
  if (outputs !== "logits" && outputs !== "scores")
    return fail(`outputs is ${describeValue(outputs)}: expected "logits" or "scores"`);
  if (notes !== undefined && !isPlainObject(notes)) return fail("notes is not an object");
  if (isDeeper(notes, MAX_NOTES_DEPTH)) return fail(`notes is nested more than ${MAX_NOTES_DEPTH} deep`);
  checkLayerCount(architecture, where);
  const parsed = parsePreprocessing(where, preprocessing);
  checkPreprocessing(parsed, where);
  if (parsed.kind === "standardize" && parsed.mean.length !== 1 && parsed.mean.length !== columns) {
    fail(`standardizes ${parsed.mean.length} numbers, an input has ${columns}`);
  }
  return {
    architecture,
    inputShape: inputShape as number[],
    preprocessing: parsed,
    outputs: outputs as "logits" | "scores",
    ...(isNames && { classNames: classNames as string[] }),
    ...(notes !== undefined && { notes }),
  };
}
