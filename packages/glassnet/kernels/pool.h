/** Pooling of planes, f32. */
#ifndef GLASSNET_POOL_H
#define GLASSNET_POOL_H

#include "frame.h"

/**
 * Arguments: the buffer of the pooled planes [planes, oh, ow], that of the planes [planes, H, W], planes, H, W, oh, ow, height
 * and width of a window, strides, and how many rows and columns of padding come before the plane. The window's height and width
 * exceed the padding, so that no window is empty.
 */
Kernel max_pool, argmax_pool, sum_pool;

/** The same arguments, with the buffer of the planes' gradient first and that of the pooled planes' gradient second. */
Kernel sum_pool_grad;

#endif
