import { expect, test } from "vitest";
import { conv2d, conv2dInputGrad, conv2dKernelGrad } from "./convolution.ts";

const x = { buffer: 1, dtype: "f32", shape: [2, 6, 9, 8] } as const;
const kernel = { buffer: 2, dtype: "f32", shape: [4, 3, 5, 2] } as const;
const y = { buffer: 3, dtype: "f32", shape: [2, 4, 4, 8] } as const;
const attrs = {
  stride: [2, 1],
  padding: [
    [2, 1],
    [0, 3],
  ],
  dilation: [1, 3],
  groups: 2,
} as const;

/** images, groups, channels and outputs of a group, x, kernel, y, stride, dilation, padding before. */
const sizes = [2, 2, 3, 2, 9, 8, 5, 2, 4, 8, 2, 1, 1, 3, 2, 0];
const work = 2 * 4 * 4 * 8 * 3 * 5 * 2;

test("a convolution is its buffers, result first, and its sizes", () => {
  const call = conv2d([x, kernel], y, attrs);
  expect(call).toMatchObject({ kernel: "conv2d", args: [3, 1, 2, ...sizes], work });
});

test("both gradients take the sizes of their convolution", () => {
  const input = conv2dInputGrad([y, kernel], x, { ...attrs, inputSize: [9, 8] });
  expect(input).toMatchObject({ kernel: "conv2dInputGrad", args: [1, 3, 2, ...sizes], work });
  const weights = conv2dKernelGrad([x, y], kernel, { ...attrs, kernelSize: [5, 2] });
  expect(weights).toMatchObject({ kernel: "conv2dKernelGrad", args: [2, 1, 3, ...sizes], work });
});

test("scratch holds copies, results and, except for the kernel's gradient, weights with the offsets of their planes", () => {
  const floats = (call: { readonly scratch?: number }) => (call.scratch ?? 0) / 4;
  const cached = 147456 + 16384 + 512;
  expect(floats(conv2d([x, kernel], y, attrs))).toBe(cached + 2 * 3 * 30 + 30 + 11);
  expect(floats(conv2dInputGrad([y, kernel], x, { ...attrs, inputSize: [9, 8] }))).toBe(cached + 2 * 4 * 20 + 20 + 11);
  expect(floats(conv2dKernelGrad([x, y], kernel, { ...attrs, kernelSize: [5, 2] }))).toBe(
    147456 + 10 * 1024 + 30 + 512,
  );
});
