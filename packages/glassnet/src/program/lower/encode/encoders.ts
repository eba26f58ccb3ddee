import type { PrimName } from "../../../ir/prim.ts";
import { conv2d, conv2dInputGrad, conv2dKernelGrad } from "./convolution.ts";
import type { Encoder } from "./encoder.ts";
import { gather, gatherElements, scatterAdd, scatterAddElements } from "./indexing.ts";
import { concat, dynamicSlice, dynamicUpdateSlice, pad } from "./movement.ts";
import { argmaxPool, maxPool, sumPool, sumPoolGrad } from "./pool.ts";
import { randomBits } from "./random.ts";
import { argmax, argsort } from "./sort.ts";

/** How each primitive that has a kernel of its own is written down for it. */
export const encoders = {
  ...{ conv2d, conv2dInputGrad, conv2dKernelGrad, maxPool, argmaxPool, sumPool, sumPoolGrad },
  ...{ randomBits, gather, scatterAdd, gatherElements, scatterAddElements, dynamicSlice, dynamicUpdateSlice },
  ...{ pad, concat, argmax, argsort },
} as const satisfies { readonly [P in PrimName]?: Encoder<P> };
