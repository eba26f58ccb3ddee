import type { ArrayData } from "../core/array.ts";
import { FormatError, UsageError } from "../core/errors.ts";
import { checkShape, formatType, type Shape, sameShape } from "../core/shape.ts";
import { isPlainObject } from "../core/tree.ts";
import { type Preprocessing, parsePreprocessing } from "../data/preprocessing.ts";
import type { Layer } from "../nn/layer.ts";
import { type LayerMaker, makeLayer } from "../nn/registry.ts";
import { fromArray } from "../tensor/create.ts";
import { evaluateSync } from "../tensor/evaluate.ts";
import { variablesOf } from "../tensor/variable.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/**
 * @file The model file: safetensors, so any tool reads the weights, with one metadata entry `glassnet`: a JSON
 * description of the architecture, the classes and the preprocessing, so that the file alone is enough to predict.
 */

export type { LayerMaker };

export const MODEL_VERSION = 1;
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
 * The bytes of a model file.
 *
 * @throws UsageError if a layer cannot be saved, or a weight is not a finite number.
 */
export function encodeModel({
  model,
  inputShape,
  preprocessing,
  classNames,
  outputs,
  notes,
}: SavedModel): Uint8Array<ArrayBuffer> {
  const variables = variablesOf(model);
  const values = [...variables.values()].map(({ value }) => value);
  evaluateSync(values);
  const tensors = new Map<string, ArrayData>();
  [...variables.keys()].forEach((path, i) => {
    const { dtype, shape, stored } = values[i]!;
    tensors.set(path, { dtype, shape, data: stored! });
    if (stored!.some((x) => !Number.isFinite(x))) {
      throw new UsageError("invalid-data", "save", `${path} holds a number that is not finite`);
    }
  });
  const description = {
    version: MODEL_VERSION,
    architecture: model.config(),
    inputShape,
    preprocessing,
    outputs: outputs ?? "logits",
    ...(classNames && { classNames }),
    ...(notes && { notes }),
  };
  return encodeSafetensors(tensors, { [METADATA_KEY]: JSON.stringify(description) });
}

/** Why a file that is valid safetensors is not a model; `FormatError.reason`. */
export const modelReasons = [
  "not-a-model",
  "bad-description",
  "newer-version",
  "bad-architecture",
  "unknown-layer",
  "missing-tensor",
  "unexpected-tensor",
  "wrong-tensor",
] as const;

/**
 * Reads a model file. Every name, shape and dtype is checked before a weight is taken over.
 *
 * @param where names the file in errors.
 * @throws FormatError with one of `modelReasons` or `safetensorsReasons`.
 */
export function decodeModel(bytes: Uint8Array, { layers = {} }: LoadOptions = {}, where = "model"): SavedModel {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const description = parseDescription(metadata[METADATA_KEY], where);
  const model = makeLayer(description.architecture, layers);
  const fail = (reason: (typeof modelReasons)[number], what: string): never => {
    throw new FormatError(reason, where, what);
  };
  const variables = variablesOf(model);
  for (const name of tensors.keys()) {
    if (!variables.has(name)) fail("unexpected-tensor", `tensor "${name}" belongs to no layer of the architecture`);
  }
  for (const [path, variable] of variables) {
    const tensor = tensors.get(path);
    if (tensor === undefined) return fail("missing-tensor", `tensor "${path}" is missing`);
    if (tensor.dtype !== variable.dtype || !sameShape(tensor.shape, variable.shape)) {
      fail("wrong-tensor", `tensor "${path}" is ${formatType(tensor)}, the architecture wants ${formatType(variable)}`);
    }
  }
  for (const [path, variable] of variables) variable.assign(fromArray(tensors.get(path)!));
  const { architecture: _, ...rest } = description;
  return { model, ...rest };
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
    return fail(`version is ${String(version)}`);
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
    Array.isArray(inputShape) && inputShape.length <= 8 && inputShape.every((n) => Number.isInteger(n) && n >= 0);
  if (!isShape) return fail("inputShape is not a list of sizes");
  checkShape(where, inputShape);
  const isNames = Array.isArray(classNames) && classNames.every((name) => typeof name === "string");
  if (classNames !== undefined && !isNames) return fail("classNames is not a list of names");
  if (outputs !== "logits" && outputs !== "scores")
    return fail(`outputs is ${String(outputs)}: expected "logits" or "scores"`);
  if (notes !== undefined && !isPlainObject(notes)) return fail("notes is not an object");
  return {
    architecture,
    inputShape: inputShape as number[],
    preprocessing: parsePreprocessing(where, preprocessing),
    outputs: outputs as "logits" | "scores",
    ...(isNames && { classNames: classNames as string[] }),
    ...(notes !== undefined && { notes }),
  };
}
