/**
 * All kernels, in the order of their numbers in an encoded program. src/program/lower/kernel-names.ts has the same list
 * in camel case.
 */
#ifndef GLASSNET_KERNELS_H
#define GLASSNET_KERNELS_H

#include "frame.h"

#define KERNELS(X) \
  X(block) \
  X(matmul) \
  X(fill) \
  X(conv2d) \
  X(conv2d_input_grad) \
  X(conv2d_kernel_grad) \
  X(max_pool) \
  X(argmax_pool) \
  X(sum_pool) \
  X(sum_pool_grad) \
  X(random_bits) \
  X(gather) \
  X(scatter_add) \
  X(gather_elements) \
  X(scatter_add_elements) \
  X(dynamic_slice) \
  X(dynamic_update_slice) \
  X(pad) \
  X(concat) \
  X(argmax) \
  X(argsort)

#define DECLARE(name) Kernel name;
KERNELS(DECLARE)
#undef DECLARE

#endif
