import { sizeOf } from "../../../core/shape.ts";
import { dtypeNumber } from "../block.ts";
import { around } from "./around.ts";
import type { Encoder } from "./encoder.ts";

/** Elementary operations for one element that is brought into order. */
const ORDER_WORK = 40;
/** An element and its index, in two arrays that take turns. */
const ORDER_BYTES = 16;

export const argmax: Encoder<"argmax"> = ([x], output, { axis }) => ({
  kernel: "argmax",
  args: [output.buffer, x!.buffer, dtypeNumber(x!.dtype), ...around(x!.shape, axis)],
  work: sizeOf(x!.shape),
});

export const argsort: Encoder<"argsort"> = ([x], output, { axis, descending }) => ({
  kernel: "argsort",
  args: [output.buffer, x!.buffer, dtypeNumber(x!.dtype), ...around(x!.shape, axis), Number(descending)],
  scratch: x!.shape[axis]! * ORDER_BYTES,
  work: sizeOf(x!.shape) * ORDER_WORK,
});
