import type { PoolAttrs } from "../../ir/prim.ts";
import type { Buffer, Kernel } from "./kernel.ts";
import { workspace } from "./workspace.ts";

/** Called for each window: its output element and the part of it that lies within the plane beginning at `start`. */
type Window = (o: number, start: number, top: number, bottom: number, left: number, right: number) => void;

/** Windows over planes of x [N, C, H, W], in the order of the output [N, C, oh, ow]. */
function eachWindow(
  x: readonly number[],
  y: readonly number[],
  { kernel, stride, padding }: PoolAttrs,
  visit: Window,
): void {
  const [height, width] = [x[2], x[3]];
  let o = 0;
  for (let plane = 0; plane < x[0] * x[1]; plane++) {
    for (let row = 0; row < y[2]; row++) {
      const top = row * stride[0] - padding[0][0];
      const bottom = Math.min(top + kernel[0], height);
      for (let column = 0; column < y[3]; column++) {
        const left = column * stride[1] - padding[1][0];
        const right = Math.min(left + kernel[1], width);
        visit(o++, plane * height * width, Math.max(top, 0), bottom, Math.max(left, 0), right);
      }
    }
  }
}

export const maxPool: Kernel<"maxPool"> = ({ inputs: [x], output, attrs }) => {
  const width = x.shape[3];
  eachWindow(x.shape, output.shape, attrs, (o, start, top, bottom, left, right) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        largest = Math.max(largest, x.data[start + row * width + column]); // NaN stays
      }
    }
    output.data[o] = largest;
  });
};

export const argmaxPool: Kernel<"argmaxPool"> = ({ inputs: [x], output, attrs }) => {
  const width = x.shape[3];
  eachWindow(x.shape, output.shape, attrs, (o, start, top, bottom, left, right) => {
    let best = top * width + left;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const [old, value] = [x.data[start + best], x.data[start + row * width + column]];
        if (value > old || (Number.isNaN(value) && !Number.isNaN(old))) best = row * width + column;
      }
    }
    output.data[o] = best;
  });
};

export const sumPool: Kernel<"sumPool"> = ({ inputs: [x], output, attrs }) => {
  const width = x.shape[3];
  eachWindow(x.shape, output.shape, attrs, (o, start, top, bottom, left, right) => {
    let sum = 0;
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) sum += x.data[start + row * width + column];
    }
    output.data[o] = sum;
  });
};

export const sumPoolGrad: Kernel<"sumPoolGrad"> = ({ inputs: [grad], output, attrs }) => {
  const width = output.shape[3];
  const sums = zeros(output);
  eachWindow(output.shape, grad.shape, attrs, (o, start, top, bottom, left, right) => {
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) sums[start + row * width + column] += grad.data[o];
    }
  });
  for (let i = 0; i < output.data.length; i++) output.data[i] = sums[i];
};

function zeros({ data }: Buffer): Float64Array {
  return workspace(data.length).fill(0, 0, data.length);
}
