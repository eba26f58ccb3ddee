import type { TypedArray } from "../../core/dtype.ts";
import type { ConvAttrs } from "../../ir/prim.ts";
import type { Buffer, Kernel } from "./kernel.ts";
import { workspace } from "./workspace.ts";

/**
 * @file Convolution and its two gradients are one sum of products over the same quadruples (image, output channel,
 * input channel, place in the kernel), read three ways. For each place `overlapsOf` states which part of the output
 * plane meets the input plane, so the loops over planes check no bounds.
 */

/** The sizes of one convolution: x [N, C, H, W], kernel [O, C/groups, kh, kw], y [N, O, oh, ow]. */
interface Sizes extends ConvAttrs {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly y: readonly number[];
}

/** Where an output plane meets an input plane through one place of the kernel. */
interface Overlap {
  readonly height: number;
  readonly width: number;
  /** First element within the input plane, and the way to the next row and column. */
  readonly input: number;
  readonly inputRow: number;
  readonly inputColumn: number;
  /** First element within the output plane, and the way to the next row. */
  readonly output: number;
  readonly outputRow: number;
}

/** Overlaps of one kernel plane, row by row. */
function overlapsOf({ x, kernel, y, stride, padding, dilation }: Sizes): Overlap[] {
  const rows = Array.from({ length: kernel[2] }, (_, k) =>
    range(k * dilation[0] - padding[0][0], stride[0], x[2], y[2]),
  );
  const columns = Array.from({ length: kernel[3] }, (_, k) =>
    range(k * dilation[1] - padding[1][0], stride[1], x[3], y[3]),
  );
  return rows.flatMap((row) =>
    columns.map((column) => ({
      height: row.count,
      width: column.count,
      input: row.input * x[3] + column.input,
      inputRow: stride[0] * x[3],
      inputColumn: stride[1],
      output: row.output * y[3] + column.output,
      outputRow: y[3],
    })),
  );
}

/** The outputs o in [0, outSize) whose input o · stride + offset lies in [0, size). */
function range(offset: number, stride: number, size: number, outSize: number) {
  const output = Math.max(0, Math.ceil(-offset / stride));
  const end = Math.min(outSize, Math.floor((size - 1 - offset) / stride) + 1);
  return { output, input: output * stride + offset, count: Math.max(0, end - output) };
}

export const conv2d: Kernel<"conv2d"> = ({ inputs: [x, kernel], output, attrs }) => {
  const sizes = { ...attrs, x: x.shape, kernel: kernel.shape, y: output.shape };
  const { images, groups, inputs, outputs, taps, inputPlane, outputPlane } = countsOf(sizes);
  const overlaps = overlapsOf(sizes);
  const plane = workspace(outputPlane);
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < groups * outputs; o++) {
      plane.fill(0, 0, outputPlane);
      const first = n * groups * inputs + Math.floor(o / outputs) * inputs; // plane of the group's first channel
      for (let i = 0; i < inputs; i++) {
        for (let tap = 0; tap < taps; tap++) {
          const weight = kernel.data[(o * inputs + i) * taps + tap];
          addInputs(plane, overlaps[tap], weight, x.data, (first + i) * inputPlane);
        }
      }
      store(plane, output, (n * groups * outputs + o) * outputPlane, outputPlane);
    }
  }
};

export const conv2dInputGrad: Kernel<"conv2dInputGrad"> = ({ inputs: [grad, kernel], output, attrs }) => {
  const sizes = { ...attrs, x: output.shape, kernel: kernel.shape, y: grad.shape };
  const { images, groups, inputs, outputs, taps, inputPlane, outputPlane } = countsOf(sizes);
  const overlaps = overlapsOf(sizes);
  const plane = workspace(inputPlane);
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < groups * inputs; c++) {
      plane.fill(0, 0, inputPlane);
      const first = Math.floor(c / inputs) * outputs; // the group's first output channel
      for (let o = first; o < first + outputs; o++) {
        for (let tap = 0; tap < taps; tap++) {
          const weight = kernel.data[(o * inputs + (c % inputs)) * taps + tap];
          addOutputs(plane, overlaps[tap], weight, grad.data, (n * groups * outputs + o) * outputPlane);
        }
      }
      store(plane, output, (n * groups * inputs + c) * inputPlane, inputPlane);
    }
  }
};

export const conv2dKernelGrad: Kernel<"conv2dKernelGrad"> = ({ inputs: [x, grad], output, attrs }) => {
  const sizes = { ...attrs, x: x.shape, kernel: output.shape, y: grad.shape };
  const { images, groups, inputs, outputs, taps, inputPlane, outputPlane } = countsOf(sizes);
  const overlaps = overlapsOf(sizes);
  for (let o = 0; o < groups * outputs; o++) {
    const first = Math.floor(o / outputs) * inputs; // the group's first input channel
    for (let i = 0; i < inputs; i++) {
      for (let tap = 0; tap < taps; tap++) {
        let sum = 0;
        for (let n = 0; n < images; n++) {
          const input = (n * groups * inputs + first + i) * inputPlane;
          sum = addProducts(sum, overlaps[tap], x.data, input, grad.data, (n * groups * outputs + o) * outputPlane);
        }
        output.data[(o * inputs + i) * taps + tap] = sum;
      }
    }
  }
};

/** `inputs` and `outputs` are channels of one group. */
function countsOf({ x, kernel, y, groups }: Sizes) {
  return {
    images: x[0],
    groups,
    inputs: kernel[1],
    outputs: kernel[0] / groups,
    taps: kernel[2] * kernel[3],
    inputPlane: x[2] * x[3],
    outputPlane: y[2] * y[3],
  };
}

function store(plane: Float64Array, { data }: Buffer, start: number, size: number): void {
  for (let i = 0; i < size; i++) data[start + i] = plane[i];
}

/** y += weight · x */
function addInputs(plane: Float64Array, overlap: Overlap, weight: number, x: TypedArray, start: number): void {
  const { height, width, input, inputRow, inputColumn, output, outputRow } = overlap;
  for (let row = 0; row < height; row++) {
    let i = start + input + row * inputRow;
    let o = output + row * outputRow;
    for (const end = o + width; o < end; o++, i += inputColumn) plane[o] += weight * x[i];
  }
}

/** x += weight · y */
function addOutputs(plane: Float64Array, overlap: Overlap, weight: number, y: TypedArray, start: number): void {
  const { height, width, input, inputRow, inputColumn, output, outputRow } = overlap;
  for (let row = 0; row < height; row++) {
    let i = input + row * inputRow;
    let o = start + output + row * outputRow;
    for (const end = o + width; o < end; o++, i += inputColumn) plane[i] += weight * y[o];
  }
}

/** sum + Σ x · y */
function addProducts(
  sum: number,
  overlap: Overlap,
  x: TypedArray,
  xStart: number,
  y: TypedArray,
  yStart: number,
): number {
  const { height, width, input, inputRow, inputColumn, output, outputRow } = overlap;
  for (let row = 0; row < height; row++) {
    let i = xStart + input + row * inputRow;
    let o = yStart + output + row * outputRow;
    for (const end = o + width; o < end; o++, i += inputColumn) sum += x[i] * y[o];
  }
  return sum;
}
