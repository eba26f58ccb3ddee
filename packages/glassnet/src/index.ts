/**
 * @module Glassnet's library: everything that runs in Node and in the browser alike. Files and the digits that are read
 * from disk are in `glassnet/node`, the graph and program level in `glassnet/engine`, checks in `glassnet/testing`.
 */

import * as init from "./nn/initializer.ts";

// Tensors

export type { Device } from "./backends/backend.ts";
export type { ComputeOptions } from "./tensor/compute.ts";
export { compute, computeSync } from "./tensor/compute.ts";
export type { CreateOptions } from "./tensor/create.ts";
export { arange, eye, fromArray, fromData, full, linspace, ones, scalar, tensor, zeros } from "./tensor/create.ts";
export { type DeviceOptions, defaultDevice, deviceOptions, openDevice } from "./tensor/device.ts";
export {
  abs,
  add,
  and,
  argmax,
  argmin,
  argsort,
  avgPool,
  broadcastTo,
  ceil,
  clip,
  concat,
  conv2d,
  cos,
  div,
  dynamicSlice,
  dynamicUpdateSlice,
  elu,
  eq,
  erf,
  exp,
  expm1,
  flip,
  floor,
  gather,
  gatherElements,
  ge,
  gelu,
  gt,
  layerNorm,
  le,
  leakyRelu,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  lt,
  matmul,
  max,
  maximum,
  maxPool,
  mean,
  min,
  minimum,
  mod,
  mul,
  ne,
  neg,
  norm,
  not,
  oneHot,
  or,
  pad,
  pow,
  prod,
  reciprocal,
  relu,
  reshape,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  sin,
  softmax,
  softplus,
  sort,
  split,
  sqrt,
  square,
  stack,
  std,
  stopGradient,
  sub,
  sum,
  tanh,
  topK,
  transpose,
  variance,
  where,
} from "./tensor/functions.ts";
export type { Index, NestedArray, TensorLike } from "./tensor/tensor.ts";
export { Tensor } from "./tensor/tensor.ts";

// Gradients and programs

export type { Compiled, CompileOptions } from "./tensor/compile.ts";
export { compile } from "./tensor/compile.ts";
export type { Differentiable, Grads, TensorTree, ValueAndGrad } from "./tensor/grad.ts";
export { grad, valueAndGrad } from "./tensor/grad.ts";

// Randomness

export { Rng } from "./core/random.ts";
export type { Key } from "./tensor/random.ts";
export { keyOf, randomNormal, randomUniform } from "./tensor/random.ts";

// Networks

export type { ActivationName } from "./nn/activation.ts";
export { Activation, activation, activationNames } from "./nn/activation.ts";
export { Dropout, dropout, dropoutRate } from "./nn/dropout.ts";
export { Flatten, flatten } from "./nn/flatten.ts";
export type { Initializer } from "./nn/initializer.ts";
export type { Features, LayerConfig } from "./nn/layer.ts";
export { Layer } from "./nn/layer.ts";
export type { LinearOptions } from "./nn/linear.ts";
export { Linear, linear } from "./nn/linear.ts";
export type { PerFeature } from "./nn/rescale.ts";
export { fitRescale, Rescale, rescale } from "./nn/rescale.ts";
export type { RunOptions } from "./nn/run.ts";
export { Run } from "./nn/run.ts";
export type { Part, Wired, WiringError } from "./nn/sequential.ts";
export { Sequential, sequential } from "./nn/sequential.ts";
export type { LayerSummary, ModelSummary } from "./nn/summary.ts";
export { summarize, summary } from "./nn/summary.ts";
export { Module, Param, paramsOf, State, Variable, variablesOf } from "./tensor/variable.ts";
export { init };

// Losses, metrics, optimizers

export { binaryCrossEntropy } from "./loss/binary-cross-entropy.ts";
export { crossEntropy } from "./loss/cross-entropy.ts";
export { meanAbsoluteError } from "./loss/mean-absolute-error.ts";
export { meanSquaredError } from "./loss/mean-squared-error.ts";
export type { Loss, LossOptions, Reduction } from "./loss/reduction.ts";
export { reduceLosses } from "./loss/reduction.ts";
export type { Metric } from "./metric/accuracy.ts";
export { accuracy } from "./metric/accuracy.ts";
export { binaryAccuracy } from "./metric/binary-accuracy.ts";
export type { ConfusionTable } from "./metric/confusion.ts";
export { confusionTable } from "./metric/confusion.ts";
export type { AdamOptions } from "./optim/adam.ts";
export { adam, adamOptions, adamW } from "./optim/adam.ts";
export type { Optimizer, Slots } from "./optim/optimizer.ts";
export type { SgdOptions } from "./optim/sgd.ts";
export { sgd, sgdOptions } from "./optim/sgd.ts";

// Data

export type { CompanyBounds, CompanyMonth, CompanyOptimum, CompanyOptions, Season } from "./data/company.ts";
export {
  companyBounds,
  companyData,
  companyInputs,
  companyOptimum,
  companyOptions,
  companyProfit,
  companyRow,
  companyTruth,
  seasons,
} from "./data/company.ts";
export type { Dataset, DatasetParts } from "./data/dataset.ts";
export { dataset, sliceRows, takeRows } from "./data/dataset.ts";
export { encode } from "./data/encode.ts";
export { parseIdx } from "./data/idx.ts";
export { inputsOf } from "./data/inputs-of.ts";
export type { MnistFiles, NamedBytes } from "./data/mnist.ts";
export { digitNames, parseMnist } from "./data/mnist.ts";
export type { PixelEncoding, Preprocessing } from "./data/preprocessing.ts";
export { fitStandardize, pixelEncodings } from "./data/preprocessing.ts";
export { holdOut } from "./data/split.ts";

// Training

export type { Measurements, ParamHealth, UnitHealth } from "./train/checkup.ts";
export type { DataHealth } from "./train/data-health.ts";
export type {
  Checkup,
  CheckupOptions,
  DoctorOptions,
  DoctorSetup,
  EpochScoresSeen,
  Observation,
} from "./train/doctor.ts";
export { doctor, doctorOptions, observe } from "./train/doctor.ts";
export type { EvaluateModelOptions } from "./train/evaluate.ts";
export { evaluate } from "./train/evaluate.ts";
export type { Divergence, EndEvent, EpochEvent, Scores, StartEvent, StepEvent, TrainEvent } from "./train/events.ts";
export { EVENT_VERSION } from "./train/events.ts";
export type { FaultFacts, FaultName, Finding, Severity } from "./train/finding.ts";
export { faultNames } from "./train/finding.ts";
export type { Monitor } from "./train/monitor.ts";
export type { Schedule, TrainOptions } from "./train/options.ts";
export { trainOptions } from "./train/options.ts";
export type { ModelWithPreprocessing, PredictOptions } from "./train/predict.ts";
export { predict } from "./train/predict.ts";
export type { PredictableModel, Predictor, PredictorOptions } from "./train/predictor.ts";
export { predictor } from "./train/predictor.ts";
export type { Best, Snapshot } from "./train/snapshot.ts";
export { train } from "./train/train.ts";
export type { Training } from "./train/training-events.ts";

// Looking inside

export type { Ablation, AblationOptions, Answer, AnswerWithout } from "./explain/ablation.ts";
export { ablation } from "./explain/ablation.ts";
export type { RemovalOptions } from "./explain/ablation-options.ts";
export { ablationOptions } from "./explain/ablation-options.ts";
export type { AblationOverData, AblationOverDataOptions, MeanAnswer } from "./explain/ablation-over-data.ts";
export { ablationOverData } from "./explain/ablation-over-data.ts";
export type { ActivationCurve } from "./explain/activation-curve.ts";
export { activationCurve } from "./explain/activation-curve.ts";
export type { ActivationTimesWeight, ActivationTimesWeightOptions } from "./explain/activation-times-weight.ts";
export { activationTimesWeight } from "./explain/activation-times-weight.ts";
export type { Attribution, Baseline } from "./explain/attribution.ts";
export type {
  Backpropagation,
  BackpropagationCall,
  BackpropagationOptions,
  Numbers,
  ParamNumbers,
} from "./explain/backpropagation.ts";
export { backpropagation } from "./explain/backpropagation.ts";
export type { Capture, CaptureOptions, LayerCapture } from "./explain/capture.ts";
export { capture } from "./explain/capture.ts";
export type { CheckGradientOptions, EntryCheck } from "./explain/check-gradient.ts";
export { checkGradient } from "./explain/check-gradient.ts";
export type { CheckOptions, GradientCheck } from "./explain/check-gradients.ts";
export { checkGradients } from "./explain/check-gradients.ts";
export type { Contribution, Contributions, ContributionsOptions } from "./explain/contributions.ts";
export { contributions, linearLayers } from "./explain/contributions.ts";
export type { DataSupport, DataSupportOptions, Support } from "./explain/data-support.ts";
export { dataSupport, supportOptions } from "./explain/data-support.ts";
export type { Evidence, EvidenceOptions } from "./explain/evidence.ts";
export { evidence } from "./explain/evidence.ts";
export type { Term } from "./explain/glossary.ts";
export { closestTerms, findTerm, glossary } from "./explain/glossary.ts";
export type { GradientTimesInput, GradientTimesInputOptions } from "./explain/gradient-times-input.ts";
export { gradientTimesInput } from "./explain/gradient-times-input.ts";
export type {
  InputBounds,
  InputGoal,
  InputName,
  InputValues,
  OptimizeInputsOptions,
} from "./explain/input-options.ts";
export { inputOptions } from "./explain/input-options.ts";
export type { InputStep, InputStopReason } from "./explain/input-step.ts";
export type { IntegratedGradients, IntegratedGradientsOptions } from "./explain/integrated-gradients.ts";
export { integratedGradients, integratedGradientsOptions } from "./explain/integrated-gradients.ts";
export type { LayerOutput, LayerOutputsOptions } from "./explain/layer-outputs.ts";
export { layerOutputs } from "./explain/layer-outputs.ts";
export type { LinearProbe, LinearProbesOptions } from "./explain/linear-probes.ts";
export { linearProbes, probeOptions } from "./explain/linear-probes.ts";
export type { LongWork } from "./explain/long-work.ts";
export type { ActivatingExample, MostActivating, MostActivatingOptions } from "./explain/most-activating.ts";
export { mostActivating, mostActivatingOptions } from "./explain/most-activating.ts";
export type { EntryUpdate, NextStep, NextStepOptions } from "./explain/next-step.ts";
export { nextStep } from "./explain/next-step.ts";
export type { Occlusion, OcclusionOptions } from "./explain/occlusion.ts";
export { occlusion } from "./explain/occlusion.ts";
export type { Cell, CellTerm, OpenedCell } from "./explain/open-cell.ts";
export { openCell } from "./explain/open-cell.ts";
export type { InputRun, KnobAtBound, ModelOfInputs, OptimizedInputs } from "./explain/optimize-inputs.ts";
export { optimizeInputs } from "./explain/optimize-inputs.ts";
export type { OutputChoice } from "./explain/output-choice.ts";
export type { PerturbationCurve, PerturbationCurves, PerturbationOptions } from "./explain/perturbation-curves.ts";
export { perturbationCurves, perturbationOptions } from "./explain/perturbation-curves.ts";
export type { QuadratureRule } from "./explain/quadrature.ts";
export type {
  Attribute,
  AttributionMethod,
  RandomizedWeights,
  RandomizedWeightsOptions,
} from "./explain/randomized-weights.ts";
export { attributionMethods, randomizedWeights } from "./explain/randomized-weights.ts";
export type { UpdateLine } from "./explain/update-lines.ts";
export { withWeights } from "./explain/with-weights.ts";

// Saving

export type { LayerMaker, LoadOptions, SavedModel } from "./formats/model.ts";
export { decodeModel, encodeModel, modelReasons } from "./formats/model.ts";
export type { SafetensorsContent } from "./formats/safetensors.ts";
export { decodeSafetensors, encodeSafetensors, safetensorsReasons } from "./formats/safetensors.ts";

// Shared ground

export type { ArrayData } from "./core/array.ts";
export { closest } from "./core/closest.ts";
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
export type { FormatOptions } from "./core/format.ts";
export { formatBytes, formatCount, formatDuration, formatTensor } from "./core/format.ts";
export type { Option, OptionTable } from "./core/option.ts";
export { checkOption, rangeOf } from "./core/option.ts";
export type { Shape, TensorType } from "./core/shape.ts";
