import type { TypedArray } from "../../core/dtype.ts";
import { type Shape, sizeOf, stridesOf } from "../../core/shape.ts";
import type { Buffer, Kernel } from "./kernel.ts";
import { copyView } from "./strided.ts";
import { workspace } from "./workspace.ts";

/** `shape` seen as [outer, n, inner] around an axis. */
function around(shape: Shape, axis: number) {
  return { outer: sizeOf(shape.slice(0, axis)), n: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}

const clamp = (index: number, n: number) => (index < 0 ? 0 : index < n ? index : n - 1);

export const gather: Kernel<"gather"> = ({ inputs: [x, indices], output, attrs: { axis } }) => {
  const { outer, n, inner } = around(x.shape, axis);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices.data) {
      let from = (block * n + clamp(index, n)) * inner;
      for (const end = to + inner; to < end; ) output.data[to++] = x.data[from++];
    }
  }
};

export const scatterAdd: Kernel<"scatterAdd"> = ({ inputs: [x, indices, updates], output, attrs: { axis } }) => {
  const { outer, n, inner } = around(x.shape, axis);
  const sums = sumsFrom(x, output);
  let from = 0;
  for (let block = 0; block < outer; block++) {
    for (const index of indices.data) {
      let to = (block * n + clamp(index, n)) * inner;
      for (const end = from + inner; from < end; ) sums[to++] += updates.data[from++];
    }
  }
  store(sums, output);
};

export const gatherElements: Kernel<"gatherElements"> = ({ inputs: [x, indices], output, attrs: { axis } }) => {
  const { n, inner } = around(x.shape, axis);
  const block = indices.shape[axis] * inner;
  for (let o = 0; o < output.data.length; o++) {
    const from = (Math.floor(o / block) * n + clamp(indices.data[o], n)) * inner + (o % inner);
    output.data[o] = x.data[from];
  }
};

export const scatterAddElements: Kernel<"scatterAddElements"> = ({ inputs, output, attrs: { axis } }) => {
  const [x, indices, updates] = inputs;
  const { n, inner } = around(x.shape, axis);
  const block = indices.shape[axis] * inner;
  const sums = sumsFrom(x, output);
  for (let i = 0; i < updates.data.length; i++) {
    sums[(Math.floor(i / block) * n + clamp(indices.data[i], n)) * inner + (i % inner)] += updates.data[i];
  }
  store(sums, output);
};

/** x, where more will be added: in f64 for f32, in the output itself otherwise. */
function sumsFrom(x: Buffer, output: Buffer): TypedArray {
  const sums = output.dtype === "f32" ? workspace(output.data.length) : output.data;
  sums.set(x.data);
  return sums;
}

function store(sums: TypedArray, { data }: Buffer): void {
  if (sums !== data) for (let i = 0; i < data.length; i++) data[i] = sums[i];
}

export const dynamicSlice: Kernel<"dynamicSlice"> = ({ inputs: [x, start], output }) => {
  const strides = stridesOf(x.shape);
  const from = { data: x.data, strides, start: offsetOf(start, x.shape, output.shape) };
  copyView(output.shape, from, { data: output.data, strides: stridesOf(output.shape) });
};

export const dynamicUpdateSlice: Kernel<"dynamicUpdateSlice"> = ({ inputs: [x, update, start], output }) => {
  output.data.set(x.data);
  const to = { data: output.data, strides: stridesOf(x.shape), start: offsetOf(start, x.shape, update.shape) };
  copyView(update.shape, { data: update.data, strides: stridesOf(update.shape) }, to);
};

/** First element of a block of `sizes` in `shape`, its start moved so that the block lies inside. */
function offsetOf(start: Buffer, shape: Shape, sizes: Shape): number {
  const strides = stridesOf(shape);
  return sizes.reduce((sum, size, axis) => sum + clamp(start.data[axis], shape[axis] - size + 1) * strides[axis], 0);
}

export const argsort: Kernel<"argsort"> = ({ inputs: [x], output, attrs: { axis, descending } }) => {
  const { outer, n, inner } = around(x.shape, axis);
  const order = new Int32Array(n);
  const keys = new Float64Array(n);
  const ascend = (i: number, j: number) => compare(keys[i], keys[j]);
  const descend = (i: number, j: number) => compare(keys[j], keys[i]);
  for (let row = 0; row < outer * inner; row++) {
    const start = Math.floor(row / inner) * n * inner + (row % inner);
    for (let k = 0; k < n; k++) {
      order[k] = k;
      keys[k] = x.data[start + k * inner];
    }
    order.sort(descending ? descend : ascend); // stable, as the language demands
    for (let k = 0; k < n; k++) output.data[start + k * inner] = order[k];
  }
};

/** Below 0 if a comes first; NaN comes last and equals itself. */
function compare(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
