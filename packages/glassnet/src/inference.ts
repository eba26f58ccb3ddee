/**
 * @module What a program needs that only uses a model: reading its file and predicting. It is a part of `glassnet`, with the same
 * names. Programs of both can be mixed; bundlers keep what is used of either.
 */

// Models

export type { Preprocessing } from "./data/preprocessing.ts";
export type { LayerMaker, LoadOptions, SavedModel } from "./formats/model.ts";
export { decodeModel, modelReasons } from "./formats/model.ts";
export { safetensorsReasons } from "./formats/safetensors.ts";
export type { LayerConfig } from "./nn/layer.ts";
export { Layer } from "./nn/layer.ts";
export type { RunOptions } from "./nn/run.ts";
export { Run } from "./nn/run.ts";
export { Module, Param, State, Variable } from "./tensor/variable.ts";

// Predicting

export type { ModelWithPreprocessing, PredictOptions } from "./train/predict.ts";
export { predict } from "./train/predict.ts";
export type { PredictableModel, Predictor, PredictorOptions } from "./train/predictor.ts";
export { predictor } from "./train/predictor.ts";

// Tensors, in and out

export { fromArray, tensor } from "./tensor/create.ts";
export { argmax, softmax, topK } from "./tensor/functions.ts";
export type { Index, NestedArray, TensorLike } from "./tensor/tensor.ts";
export { Tensor } from "./tensor/tensor.ts";

// Where it computes

export type { Device } from "./backends/backend.ts";
export { type DeviceOptions, defaultDevice, deviceOptions, openDevice } from "./tensor/device.ts";

// Shared ground

export type { ArrayData } from "./core/array.ts";
export type { DType, TypedArray } from "./core/dtype.ts";
export type { ErrorCode } from "./core/errors.ts";
export {
  DtypeError,
  FormatError,
  GlassnetError,
  GraphError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "./core/errors.ts";
export type { Shape, TensorType } from "./core/shape.ts";
