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

/** Floats that a kernel keeps in cache at a time, if one row of an image is no larger: copies of planes, and results. */
enum { CONV_COPY_FLOATS = 98304, CONV_RESULT_FLOATS = 16384 };

/**
 * Bytes of `frame->scratch` that are enough for the gradient for the kernel (`kind` 2), for the input (1) or the convolution (0).
 * The encoder computes the same.
 */
static inline int64_t conv_scratch_bytes(const int32_t *args, int kind) {
  int64_t copies = 1, pitch = 0;
  for (int axis = 0; axis < 2; axis++) {
    const int64_t in = args[CONV_HEIGHT + axis], out = args[CONV_OUT_HEIGHT + axis], taps = args[CONV_KERNEL_HEIGHT + axis];
    const int64_t stride = args[CONV_STRIDE_HEIGHT + axis];
    const int64_t reach = ((taps - 1) * args[CONV_DILATION_HEIGHT + axis] + stride - 1) / stride;
    const int64_t extent = (kind == 1 ? (in + stride - 1) / stride : out) + reach;
    pitch = kind == 1 && out > extent ? out : extent;
    copies *= (kind == 1 ? 1 : stride < taps ? stride : taps) * (axis == 0 ? 1 + reach : pitch);
  }
  const int64_t inputs = args[kind == 1 ? CONV_OUTPUTS : CONV_INPUTS], outputs = args[kind == 1 ? CONV_INPUTS : CONV_OUTPUTS];
  const int64_t terms = inputs * args[CONV_KERNEL_HEIGHT] * args[CONV_KERNEL_WIDTH];
  copies = copies * inputs + (kind == 2 ? outputs * pitch : 0);
  if (copies < CONV_COPY_FLOATS) copies = CONV_COPY_FLOATS;
  const int64_t results = 8 * pitch < CONV_RESULT_FLOATS ? CONV_RESULT_FLOATS : 8 * pitch;
  const int64_t weights = kind == 2 ? 16 * outputs : args[CONV_GROUPS] * (outputs + 1) * terms;
  return 4 * (copies + results + weights + terms + pitch + 512);
}

/** Buffers: y, x, kernel. */
Kernel conv2d;
/** Buffers: the gradient of x, the gradient of y, kernel. */
Kernel conv2d_input_grad;
/** Buffers: the gradient of the kernel, x, the gradient of y. */
Kernel conv2d_kernel_grad;

#endif
