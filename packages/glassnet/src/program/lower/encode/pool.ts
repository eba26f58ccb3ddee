import { sizeOf } from "../../../core/shape.ts";
import type { PoolAttrs } from "../../../ir/prim.ts";
import type { Encoder, KernelCall, Operand } from "./encoder.ts";

/** The arguments after the buffers: the sizes of planes [N, C, H, W] and of their pooled planes. */
function sizes(planes: Operand, pooled: Operand, { kernel, stride, padding }: PoolAttrs): number[] {
  const [n, c, h, w] = planes.shape as [number, number, number, number];
  const [oh, ow] = pooled.shape.slice(2) as [number, number];
  const count = n * c;
  if (kernel[1] === w && ow === 1 && padding.flat().every((size) => size === 0)) {
    // Windows of whole rows are runs of one long row; the kernel is faster at these.
    return [count, 1, h * w, 1, oh, 1, kernel[0] * w, 1, stride[0] * w, 0, 0];
  }
  return [count, h, w, oh, ow, ...kernel, ...stride, padding[0][0], padding[1][0]];
}

function workOf(pooled: Operand, { kernel }: PoolAttrs): number {
  return sizeOf(pooled.shape) * kernel[0] * kernel[1];
}

const pool =
  (kernel: "maxPool" | "argmaxPool" | "sumPool") =>
  ([x]: readonly Operand[], output: Operand, attrs: PoolAttrs): KernelCall => ({
    kernel,
    args: [output.buffer, x!.buffer, ...sizes(x!, output, attrs)],
    work: workOf(output, attrs),
  });

export const maxPool: Encoder<"maxPool"> = pool("maxPool");
export const argmaxPool: Encoder<"argmaxPool"> = pool("argmaxPool");
export const sumPool: Encoder<"sumPool"> = pool("sumPool");

export const sumPoolGrad: Encoder<"sumPoolGrad"> = ([grad], output, attrs) => ({
  kernel: "sumPoolGrad",
  args: [output.buffer, grad!.buffer, ...sizes(output, grad!, attrs)],
  work: sizeOf(output.shape) + workOf(grad!, attrs),
});
