import { expect, test } from "vitest";
import { contracts } from "../ops/all.ts";
import { flops } from "./cost.ts";

const conv = {
  stride: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  dilation: [1, 1],
  groups: 1,
} as const;

test("a product counts a multiplication and an addition for each term", () => {
  expect(
    flops.matmul(
      [
        [4, 2, 3],
        [3, 5],
      ],
      [4, 2, 5],
      {},
    ),
  ).toBe(2 * 4 * 2 * 5 * 3);
});

test("a convolution and its two gradients cost the same", () => {
  const [x, kernel, out] = [
    [2, 3, 8, 8],
    [5, 3, 3, 3],
    [2, 5, 6, 6],
  ];
  const cost = 2 * (2 * 5 * 6 * 6) * (3 * 3 * 3);
  expect(flops.conv2d([x, kernel], out, conv)).toBe(cost);
  expect(flops.conv2dInputGrad([out, kernel], x, { ...conv, inputSize: [8, 8] })).toBe(cost);
  expect(flops.conv2dKernelGrad([x, out], kernel, { ...conv, kernelSize: [3, 3] })).toBe(cost);
});

test("a reduction touches every element, a broadcast sum every output, a move nothing", () => {
  expect(flops.sum([[4, 5]], [4], { axes: [1], keepDims: false })).toBe(20);
  expect(flops.add([[4, 1], [5]], [4, 5], {})).toBe(20);
  expect(flops.transpose([[4, 5]], [5, 4], { perm: [1, 0] })).toBe(0);
});

test("every primitive has a cost", () => {
  expect(Object.keys(flops).sort()).toEqual(Object.keys(contracts).sort());
});
