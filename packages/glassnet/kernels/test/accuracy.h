/**
 * How far results may be from the exact ones, in units of the last place: with fused products and without. Measured by ulp.c over
 * all arguments, and rounded up. The tests read this table, and the README of the kernels shows it.
 */
#ifndef GLASSNET_TEST_ACCURACY_H
#define GLASSNET_TEST_ACCURACY_H

#define ACCURACY(X) \
  X(exp, 1.04, 1) \
  X(log, 0.88, 0.88) \
  X(tanh, 1.34, 1.34) \
  X(erf, 1.07, 1.25) \
  X(sigmoid, 2.41, 2.41) \
  X(sin, 0.51, 0.51) \
  X(cos, 0.51, 0.51) \
  X(pow, 0.54, 0.54) \
  X(mod, 0.5, 0.5) \
  X(sqrt, 0.5, 0.5) \
  X(add, 0.5, 0.5) \
  X(mul, 0.5, 0.5) \
  X(div, 0.5, 0.5) \
  X(sign, 0, 0) \
  X(floor, 0, 0) \
  X(maximum, 0, 0) \
  X(minimum, 0, 0)

#endif
