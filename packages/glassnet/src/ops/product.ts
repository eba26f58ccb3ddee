import { broadcastShapes, sameShape, type TensorType } from "../core/shape.ts";
import type { ConvAttrs, PoolAttrs } from "../ir/prim.ts";
import { type Contract, commonDtype, formatOperands, shapeError } from "./contract.ts";

export const matmul: Contract<"matmul"> = {
  summary: "Matrix product of the last two axes; leading axes broadcast.",
  infer: (inputs) => {
    const [a, b] = inputs;
    const dtype = commonDtype("matmul", inputs, "float");
    if (a.shape.length < 2 || b.shape.length < 2) throw shapeError("matmul", "needs at least 2 axes", inputs);
    const [k, l] = [a.shape.at(-1)!, b.shape.at(-2)!];
    if (k !== l) throw shapeError("matmul", `inner sizes differ: ${k} and ${l}`, inputs);
    const shown = { operands: formatOperands(inputs), trailing: 2 };
    const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2), shown);
    return { dtype, shape: [...batch, a.shape.at(-2)!, b.shape.at(-1)!] };
  },
};

/** Positions that a window takes along one axis. */
function positions(
  prim: string,
  size: number,
  window: number,
  stride: number,
  [before, after]: readonly [number, number],
  dilation: number,
  inputs: readonly TensorType[],
): number {
  if (!(Number.isInteger(stride) && stride >= 1 && Number.isInteger(dilation) && dilation >= 1)) {
    throw shapeError(
      prim,
      `stride and dilation must be at least 1, got ${stride} and ${dilation}`,
      inputs,
      "invalid-shape",
    );
  }
  if (!(Number.isInteger(before) && before >= 0 && Number.isInteger(after) && after >= 0)) {
    throw shapeError(prim, `padding must be at least 0, got ${before} and ${after}`, inputs, "invalid-shape");
  }
  const span = (window - 1) * dilation + 1;
  const padded = size + before + after;
  if (window < 1 || span > padded) {
    throw shapeError(prim, `a window of ${span} does not fit into a padded size of ${padded}`, inputs);
  }
  return Math.floor((padded - span) / stride) + 1;
}

function checkPlanes(prim: string, inputs: readonly TensorType[]): void {
  if (inputs.some((x) => x.shape.length !== 4)) throw shapeError(prim, "needs 4 axes: [N, C, H, W]", inputs);
}

type Sizes = readonly [number, number];

/** Checks channels and groups; returns the size of the output plane. */
function outputPlane(
  prim: string,
  { stride, padding, dilation, groups }: ConvAttrs,
  [channels, outChannels, kernelChannels]: readonly [number, number, number],
  [h, w]: Sizes,
  [kh, kw]: Sizes,
  inputs: readonly TensorType[],
): Sizes {
  const whole = Number.isInteger(groups) && groups >= 1;
  if (!whole || channels % groups !== 0 || outChannels % groups !== 0) {
    throw shapeError(prim, `${channels} and ${outChannels} channels do not split into ${groups} groups`, inputs);
  }
  if (kernelChannels !== channels / groups) {
    const what = `the kernel takes ${kernelChannels} channels a group, the input has ${channels / groups}`;
    throw shapeError(prim, what, inputs);
  }
  return [
    positions(prim, h, kh, stride[0], padding[0], dilation[0], inputs),
    positions(prim, w, kw, stride[1], padding[1], dilation[1], inputs),
  ];
}

function checkPlane(prim: string, grad: TensorType, expected: readonly number[], inputs: readonly TensorType[]): void {
  if (!sameShape(grad.shape, expected)) throw shapeError(prim, `expected [${expected.join(", ")}] as output`, inputs);
}

export const conv2d: Contract<"conv2d"> = {
  summary: "Cross-correlation of [N, C, H, W] with kernels [O, C/groups, kh, kw].",
  infer: (inputs, attrs) => {
    checkPlanes("conv2d", inputs);
    const [n, c, h, w] = inputs[0].shape as readonly [number, number, number, number];
    const [o, i, kh, kw] = inputs[1].shape as readonly [number, number, number, number];
    const [oh, ow] = outputPlane("conv2d", attrs, [c, o, i], [h, w], [kh, kw], inputs);
    return { dtype: commonDtype("conv2d", inputs, "float"), shape: [n, o, oh, ow] };
  },
};

export const conv2dInputGrad: Contract<"conv2dInputGrad"> = {
  summary: "Gradient of conv2d for its input, from the output's gradient and the kernel: a transposed convolution.",
  infer: (inputs, attrs) => {
    checkPlanes("conv2dInputGrad", inputs);
    const [grad, kernel] = inputs;
    const [n, o] = grad.shape as readonly [number, number, number, number];
    const [ko, i, kh, kw] = kernel.shape as readonly [number, number, number, number];
    const channels = i * attrs.groups;
    const plane = outputPlane("conv2dInputGrad", attrs, [channels, ko, i], attrs.inputSize, [kh, kw], inputs);
    checkPlane("conv2dInputGrad", grad, [n, ko, ...plane], inputs);
    if (o !== ko) throw shapeError("conv2dInputGrad", `${o} and ${ko} output channels`, inputs);
    return { dtype: commonDtype("conv2dInputGrad", inputs, "float"), shape: [n, channels, ...attrs.inputSize] };
  },
};

export const conv2dKernelGrad: Contract<"conv2dKernelGrad"> = {
  summary: "Gradient of conv2d for its kernel, from the input and the output's gradient.",
  infer: (inputs, attrs) => {
    checkPlanes("conv2dKernelGrad", inputs);
    const [x, grad] = inputs;
    const [n, c, h, w] = x.shape as readonly [number, number, number, number];
    const o = grad.shape[1]!;
    const perGroup = c / attrs.groups;
    const plane = outputPlane("conv2dKernelGrad", attrs, [c, o, perGroup], [h, w], attrs.kernelSize, inputs);
    checkPlane("conv2dKernelGrad", grad, [n, o, ...plane], inputs);
    return { dtype: commonDtype("conv2dKernelGrad", inputs, "float"), shape: [o, perGroup, ...attrs.kernelSize] };
  },
};

function pooledPlane(
  prim: string,
  { kernel, stride, padding }: PoolAttrs,
  [h, w]: Sizes,
  x: readonly TensorType[],
): Sizes {
  if (h === 0 || w === 0) throw shapeError(prim, "a plane without elements has no windows", x);
  const widest = Math.max(...padding[0].map((p) => p / kernel[0]), ...padding[1].map((p) => p / kernel[1]));
  if (widest >= 1) throw shapeError(prim, "padding must be smaller than the window", x, "invalid-shape");
  return [
    positions(prim, h, kernel[0], stride[0], padding[0], 1, x),
    positions(prim, w, kernel[1], stride[1], padding[1], 1, x),
  ];
}

function pool(prim: string, inputs: readonly [TensorType], attrs: PoolAttrs): TensorType {
  checkPlanes(prim, inputs);
  const [n, c, h, w] = inputs[0].shape as readonly [number, number, number, number];
  const plane = pooledPlane(prim, attrs, [h, w], inputs);
  return { dtype: commonDtype(prim, inputs, "float"), shape: [n, c, ...plane] };
}

export const maxPool: Contract<"maxPool"> = {
  summary: "Largest element of each window of each plane [N, C, H, W]; padding never wins, NaN does.",
  infer: (x, attrs) => pool("maxPool", x, attrs),
};
export const argmaxPool: Contract<"argmaxPool"> = {
  summary: "Where each window's largest element lies: row · W + column within its plane, the first of equals.",
  infer: (x, attrs) => ({ dtype: "i32", shape: pool("argmaxPool", x, attrs).shape }),
};
export const sumPool: Contract<"sumPool"> = {
  summary: "Sum of each window of each plane [N, C, H, W]; padding counts as 0.",
  infer: (x, attrs) => pool("sumPool", x, attrs),
};
export const sumPoolGrad: Contract<"sumPoolGrad"> = {
  summary: "Gradient of sumPool: spreads each output's gradient over its window.",
  infer: (inputs, attrs) => {
    checkPlanes("sumPoolGrad", inputs);
    const [n, c] = inputs[0].shape as readonly [number, number, number, number];
    const plane = pooledPlane("sumPoolGrad", attrs, attrs.inputSize, inputs);
    checkPlane("sumPoolGrad", inputs[0], [n, c, ...plane], inputs);
    return { dtype: commonDtype("sumPoolGrad", inputs, "float"), shape: [n, c, ...attrs.inputSize] };
  },
};
