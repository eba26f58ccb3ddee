import { allocate, BYTES_PER_ELEMENT, type DType } from "../../../core/dtype.ts";
import { type Shape, sizeOf, stridesOf } from "../../../core/shape.ts";
import type { Attrs } from "../../../ir/prim.ts";
import { around } from "./around.ts";
import type { Encoder, Operand } from "./encoder.ts";

/** Kernels that count through rows keep a position for each axis. */
const scratchFor = (rank: number): number => rank * Int32Array.BYTES_PER_ELEMENT;

const bytesOf = ({ dtype }: Operand): number => BYTES_PER_ELEMENT[dtype];

/**
 * The axes of a block of `sizes` within `shape`, each as entry of the start, size of the whole, size of the block, stride.
 * Trailing axes that the block spans whole belong to the run of the axis before them; their start can only be 0.
 */
function blockAxes(shape: Shape, sizes: Shape): readonly (readonly number[])[] {
  if (shape.length === 0) return [[0, 1, 1, 1]];
  let rank = shape.length;
  while (rank > 1 && sizes[rank - 1] === shape[rank - 1]) rank--;
  const strides = stridesOf(shape);
  return shape.slice(0, rank).map((whole, axis) => [axis, whole, sizes[axis]!, strides[axis]!]);
}

export const dynamicSlice: Encoder<"dynamicSlice"> = ([x, start], output, { sizes }) => {
  const axes = blockAxes(x!.shape, sizes);
  const size = sizeOf(output.shape);
  const operands = [output.buffer, x!.buffer, start!.buffer, bytesOf(output)];
  return {
    kernel: "dynamicSlice",
    args: [...operands, size, axes.length, ...axes.flat()],
    scratch: scratchFor(axes.length),
    work: size,
  };
};

export const dynamicUpdateSlice: Encoder<"dynamicUpdateSlice"> = ([x, update, start], output) => {
  const axes = blockAxes(x!.shape, update!.shape);
  const size = sizeOf(output.shape);
  const operands = [output.buffer, x!.buffer, update!.buffer, start!.buffer, bytesOf(output)];
  return {
    kernel: "dynamicUpdateSlice",
    args: [...operands, size, axes.length, ...axes.flat()],
    scratch: scratchFor(axes.length),
    work: size,
  };
};

export const concat: Encoder<"concat"> = (inputs, output, { axis }) => {
  const [outer, n, inner] = around(output.shape, axis);
  const rows = inputs.flatMap((x) => [x.buffer, x.shape[axis]! * inner]);
  return {
    kernel: "concat",
    args: [output.buffer, bytesOf(output), outer, n * inner, inputs.length, ...rows],
    work: sizeOf(output.shape),
  };
};

/** An axis to be padded, as the kernel takes it. */
interface PadAxis {
  readonly size: number;
  readonly low: number;
  /** From one element to the next in the output. */
  readonly step: number;
  readonly whole: number;
}

/** An axis that is left as it is becomes part of the one before it, if there neighbours stay neighbours. */
function padAxes(x: Shape, output: Shape, { low, interior }: Attrs<"pad">): readonly PadAxis[] {
  const axes: PadAxis[] = [];
  for (const [axis, size] of x.entries()) {
    const whole = output[axis]!;
    const before = axes.at(-1);
    if (before !== undefined && before.step === 1 && size === whole) {
      axes[axes.length - 1] = {
        size: before.size * size,
        low: before.low * size,
        step: 1,
        whole: before.whole * size,
      };
    } else {
      axes.push({ size, low: low[axis]!, step: interior[axis]! + 1, whole });
    }
  }
  return axes.length > 0 ? axes : [{ size: 1, low: 0, step: 1, whole: 1 }];
}

/** The bits of a number as `dtype` stores it; a byte is the lowest of them. */
function bitsOf(value: number, dtype: DType): number {
  const one = allocate(dtype, 1);
  one[0] = value;
  return one instanceof Uint8Array ? one[0]! : new Int32Array(one.buffer)[0]!;
}

export const pad: Encoder<"pad"> = ([x], output, attrs) => {
  const axes = padAxes(x!.shape, output.shape, attrs);
  const size = sizeOf(output.shape);
  const operands = [output.buffer, x!.buffer, bytesOf(output), bitsOf(attrs.value, output.dtype)];
  return {
    kernel: "pad",
    args: [...operands, size, axes.length, ...axes.flatMap(({ size, low, step, whole }) => [size, low, step, whole])],
    scratch: scratchFor(axes.length),
    work: size,
  };
};
