import type { Shape } from "../../../core/shape.ts";
import type { ConvAttrs } from "../../../ir/prim.ts";
import type { Encoder, KernelCall, Operand } from "./encoder.ts";

/**
 * @file The three kernels of convolution take the same sizes. How much scratch they need is computed here as
 * `conv_scratch_bytes` in kernels/conv.h does it, which says why.
 */

const COPY_FLOATS = 147456;
const RESULT_FLOATS = 16384;
const BLOCK_LENGTH = 1024;

type ConvKernel = "conv2d" | "conv2dInputGrad" | "conv2dKernelGrad";
type Planes = readonly [number, number, number, number];

/** The sizes of one convolution: x [N, C, H, W], kernel [O, C/groups, kh, kw], y [N, O, oh, ow]. */
interface Sizes extends ConvAttrs {
  readonly x: Shape;
  readonly kernel: Shape;
  readonly y: Shape;
}

function callOf(name: ConvKernel, output: Operand, inputs: readonly Operand[], sizes: Sizes): KernelCall {
  const { stride, dilation, padding, groups } = sizes;
  const [images, , h, w] = sizes.x as Planes;
  const [allOutputs, channels, kh, kw] = sizes.kernel as Planes;
  const [, , oh, ow] = sizes.y as Planes;
  const outputs = allOutputs / groups;
  const buffers = [output, ...inputs].map(({ buffer }) => buffer);
  const planes = [h, w, kh, kw, oh, ow, ...stride, ...dilation, padding[0][0], padding[1][0]];
  return {
    kernel: name,
    args: [...buffers, images, groups, channels, outputs, ...planes],
    scratch: scratchBytes(name, sizes, channels, outputs),
    work: images * allOutputs * oh * ow * channels * kh * kw,
  };
}

/** `channels` and `outputs` are those of one group. */
function scratchBytes(name: ConvKernel, sizes: Sizes, channels: number, outputs: number): number {
  const { x, kernel, y, stride, dilation, groups } = sizes;
  const isInputGrad = name === "conv2dInputGrad";
  const axisOf = (axis: 0 | 1) => {
    const [inSize, outSize, taps] = [x[axis + 2]!, y[axis + 2]!, kernel[axis + 2]!];
    const reach = Math.floor(((taps - 1) * dilation[axis] + stride[axis] - 1) / stride[axis]);
    const extent = isInputGrad ? Math.max(outSize, Math.ceil(inSize / stride[axis]) + reach) : outSize + reach;
    const planes = isInputGrad ? 1 : axis === 0 ? Math.min(stride[0], taps) : taps;
    return { reach, extent, planes };
  };
  const [vertical, horizontal] = [axisOf(0), axisOf(1)];
  const [read, made] = isInputGrad ? [outputs, channels] : [channels, outputs];
  const terms = read * kernel[2]! * kernel[3]!;
  const pitch = horizontal.extent;
  const rows = vertical.planes * horizontal.planes * (1 + vertical.reach);
  if (name === "conv2dKernelGrad") {
    const length = Math.max(BLOCK_LENGTH, pitch + 16);
    const copies = Math.max(COPY_FLOATS / 2, 4 * rows * length) + Math.max(COPY_FLOATS / 2, 6 * length);
    return (copies + 10 * length + terms + 512) * Float32Array.BYTES_PER_ELEMENT;
  }
  const cached = Math.max(COPY_FLOATS, read * rows * pitch) + Math.max(RESULT_FLOATS, 8 * pitch);
  return (cached + groups * (made + 1) * terms + terms + pitch + 512) * Float32Array.BYTES_PER_ELEMENT;
}

export const conv2d: Encoder<"conv2d"> = ([x, kernel], output, attrs) =>
  callOf("conv2d", output, [x!, kernel!], { ...attrs, x: x!.shape, kernel: kernel!.shape, y: output.shape });

export const conv2dInputGrad: Encoder<"conv2dInputGrad"> = ([grad, kernel], output, attrs) =>
  callOf("conv2dInputGrad", output, [grad!, kernel!], {
    ...attrs,
    x: output.shape,
    kernel: kernel!.shape,
    y: grad!.shape,
  });

export const conv2dKernelGrad: Encoder<"conv2dKernelGrad"> = ([x, grad], output, attrs) =>
  callOf("conv2dKernelGrad", output, [x!, grad!], { ...attrs, x: x!.shape, kernel: output.shape, y: grad!.shape });
