import { broadcastStrides, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Kernel } from "./kernel.ts";
import { copyView } from "./strided.ts";

/** @file Every movement is one copy between two views of memory: an offset and a stride for each axis. */

export const reshape: Kernel<"reshape"> = ({ inputs: [x], output }) => output.data.set(x.data);

export const transpose: Kernel<"transpose"> = ({ inputs: [x], output, attrs: { perm } }) => {
  const own = stridesOf(x.shape);
  const from = { data: x.data, strides: perm.map((axis) => own[axis]) };
  copyView(output.shape, from, { data: output.data, strides: stridesOf(output.shape) });
};

export const broadcast: Kernel<"broadcast"> = ({ inputs: [x], output }) => {
  const from = { data: x.data, strides: broadcastStrides(x.shape, output.shape) };
  copyView(output.shape, from, { data: output.data, strides: stridesOf(output.shape) });
};

export const slice: Kernel<"slice"> = ({ inputs: [x], output, attrs: { start, step } }) => {
  const own = stridesOf(x.shape);
  const from = { data: x.data, strides: own.map((stride, axis) => stride * step[axis]), start: dot(start, own) };
  copyView(output.shape, from, { data: output.data, strides: stridesOf(output.shape) });
};

export const pad: Kernel<"pad"> = ({ inputs: [x], output, attrs: { low, interior, value } }) => {
  const own = stridesOf(output.shape);
  const strides = own.map((stride, axis) => stride * (1 + interior[axis]));
  output.data.fill(value);
  copyView(
    x.shape,
    { data: x.data, strides: stridesOf(x.shape) },
    { data: output.data, strides, start: dot(low, own) },
  );
};

export const concat: Kernel<"concat"> = ({ inputs, output, attrs: { axis } }) => {
  const strides = stridesOf(output.shape);
  let start = 0;
  for (const x of inputs) {
    copyView(x.shape, { data: x.data, strides: stridesOf(x.shape) }, { data: output.data, strides, start });
    start += x.shape[axis] * sizeOf(output.shape.slice(axis + 1));
  }
};

export const flip: Kernel<"flip"> = ({ inputs: [x], output, attrs: { axes } }) => {
  const own = stridesOf(x.shape);
  const strides = own.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
  const start = axes.reduce((sum, axis) => sum + (x.shape[axis] - 1) * own[axis], 0);
  copyView(output.shape, { data: x.data, strides, start }, { data: output.data, strides: own });
};

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, axis) => sum + value * b[axis], 0);
}
