import { sizeOf } from "../../../core/shape.ts";
import type { Encoder } from "./encoder.ts";

/** Elementary operations for each word of a Threefry block. */
const WORD_WORK = 50;

export const randomBits: Encoder<"randomBits"> = ([key], output, { bits, stream }) => {
  const size = sizeOf(output.shape);
  return { kernel: "randomBits", args: [output.buffer, key!.buffer, size, bits, stream], work: size * WORD_WORK };
};
