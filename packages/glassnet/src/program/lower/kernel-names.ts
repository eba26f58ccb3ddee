/**
 * All kernels; an encoded program names one by its place in this list. `kernels/kernels.h` has the same list in snake
 * case. A test compares the two.
 */
export const kernelNames = [
  ...(["block", "matmul", "fill"] as const),
  ...(["conv2d", "conv2dInputGrad", "conv2dKernelGrad", "maxPool", "argmaxPool", "sumPool", "sumPoolGrad"] as const),
  ...(["randomBits", "gather", "scatterAdd", "gatherElements", "scatterAddElements"] as const),
  ...(["dynamicSlice", "dynamicUpdateSlice", "pad", "concat", "argmax", "argsort"] as const),
] as const;

export type KernelName = (typeof kernelNames)[number];
