/** Convolution of images [N, C, H, W] with kernels [O, C / groups, kh, kw], and its two gradients, f32. */
#ifndef GLASSNET_CONV_H
#define GLASSNET_CONV_H

#include "frame.h"

/** Arguments of all three kernels: three buffers, then the sizes of the convolution. */
enum {
  CONV_IMAGES = 3,
  CONV_GROUPS,
  /** Channels of one group. */
  CONV_INPUTS,
  CONV_OUTPUTS,
  CONV_HEIGHT,
  CONV_WIDTH,
  CONV_KERNEL_HEIGHT,
  CONV_KERNEL_WIDTH,
  CONV_OUT_HEIGHT,
  CONV_OUT_WIDTH,
  CONV_STRIDE_HEIGHT,
  CONV_STRIDE_WIDTH,
  CONV_DILATION_HEIGHT,
  CONV_DILATION_WIDTH,
  /** Rows and columns of padding before the image. */
  CONV_TOP,
  CONV_LEFT,
  CONV_ARGS
};

/**
 * Floats that a kernel keeps in cache at a time, if what it cannot divide is no larger: copies of planes, results, and each of the
 * rows of which the gradient for the kernel takes products.
 */
enum { CONV_COPY_FLOATS = 147456, CONV_RESULT_FLOATS = 16384, CONV_BLOCK_LENGTH = 1024 };

/**
 * Bytes of `frame->scratch` that are enough, on any target, for the gradient for the kernel (`kind` 2), for the input (1) or the
 * convolution (0). The encoder computes the same.
 */
static inline int64_t conv_scratch_bytes(const int32_t *args, int kind) {
  int64_t reach[2], extent[2], planes[2];
  for (int axis = 0; axis < 2; axis++) {
    const int64_t in = args[CONV_HEIGHT + axis], out = args[CONV_OUT_HEIGHT + axis], taps = args[CONV_KERNEL_HEIGHT + axis];
    const int64_t stride = args[CONV_STRIDE_HEIGHT + axis];
    reach[axis] = ((taps - 1) * args[CONV_DILATION_HEIGHT + axis] + stride - 1) / stride;
    extent[axis] = (kind == 1 ? (in + stride - 1) / stride : out) + reach[axis];
    if (kind == 1 && out > extent[axis]) extent[axis] = out;
    planes[axis] = kind == 1 ? 1 : axis == 0 && stride < taps ? stride : taps;
  }
  const int64_t inputs = args[kind == 1 ? CONV_OUTPUTS : CONV_INPUTS], outputs = args[kind == 1 ? CONV_INPUTS : CONV_OUTPUTS];
  const int64_t terms = inputs * args[CONV_KERNEL_HEIGHT] * args[CONV_KERNEL_WIDTH], pitch = extent[1];
  const int64_t rows = planes[0] * planes[1] * (1 + reach[0]); /* that one row of outputs meets in a channel */
  if (kind == 2) {
    const int64_t length = pitch + 16 > CONV_BLOCK_LENGTH ? pitch + 16 : CONV_BLOCK_LENGTH, half = CONV_COPY_FLOATS / 2;
    const int64_t copies = 4 * rows * length > half ? 4 * rows * length : half, grads = 6 * length > half ? 6 * length : half;
    return 4 * (copies + grads + 10 * length + terms + 512);
  }
  const int64_t copies = inputs * rows * pitch > CONV_COPY_FLOATS ? inputs * rows * pitch : CONV_COPY_FLOATS;
  const int64_t results = 8 * pitch > CONV_RESULT_FLOATS ? 8 * pitch : CONV_RESULT_FLOATS;
  return 4 * (copies + results + args[CONV_GROUPS] * (outputs + 1) * terms + terms + pitch + 512);
}

/** Buffers: y, x, kernel. */
Kernel conv2d;
/** Buffers: the gradient of x, the gradient of y, kernel. */
Kernel conv2d_input_grad;
/** Buffers: the gradient of the kernel, x, the gradient of y. */
Kernel conv2d_kernel_grad;

#endif
