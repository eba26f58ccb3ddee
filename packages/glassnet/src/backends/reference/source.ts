import { assert } from "../../core/errors.ts";
import { threefry2x32 } from "../../core/random.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Kernel } from "./kernel.ts";

export const input: Kernel<"input"> = () => assert(false, "an input has no kernel: its buffer carries the data");

export const constant: Kernel<"constant"> = () =>
  assert(false, "a constant has no kernel: its buffer carries the data");

export const iota: Kernel<"iota"> = ({ output, attrs: { shape, axis } }) => {
  const inner = sizeOf(shape.slice(axis + 1));
  for (let i = 0; i < output.data.length; i++) output.data[i] = Math.floor(i / inner) % shape[axis];
};

/** Element i is word i & 1 of the block with counter [i >> 1, stream], its upper `bits` bits. */
export const randomBits: Kernel<"randomBits"> = ({ inputs: [key], output, attrs: { bits, stream } }) => {
  const block = new Uint32Array(2);
  const [k0, k1] = key.data;
  for (let i = 0; i < output.data.length; i++) {
    if ((i & 1) === 0) threefry2x32(k0, k1, i >>> 1, stream, block);
    output.data[i] = block[i & 1] >>> (32 - bits);
  }
};
