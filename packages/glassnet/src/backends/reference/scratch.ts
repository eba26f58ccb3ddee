import { BYTES_PER_ELEMENT, type DType, type TypedArray } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Program } from "../../program/program.ts";

/**
 * Memory for every scratch buffer of a program, by buffer number. Buffers that are never needed at the same time share
 * a slot; an output is placed before the inputs of its instruction are released, so it never lies on one of them.
 */
export function placeScratch({ buffers, instructions }: Program): Map<number, TypedArray> {
  const placed = new Map<number, TypedArray>();
  const free = new Map<number, ArrayBuffer[]>(); // by size
  const released = instructions.map((): ArrayBuffer[] => []); // by the last instruction that needs them
  instructions.forEach(({ output }, at) => {
    const { dtype, shape, lastUse } = buffers[output];
    const bytes = slotSize(sizeOf(shape) * BYTES_PER_ELEMENT[dtype]);
    const slot = free.get(bytes)?.pop() ?? new ArrayBuffer(bytes);
    placed.set(output, viewOf(slot, dtype, sizeOf(shape)));
    released[Math.max(lastUse, at)]?.push(slot); // what is needed after the last instruction is never released
    for (const done of released[at]) {
      const { byteLength } = done;
      const slots = free.get(byteLength) ?? [];
      slots.push(done);
      free.set(byteLength, slots);
    }
  });
  return placed;
}

/** Sizes are powers of two, so that buffers of similar sizes can follow each other; at least 8, for one f64. */
function slotSize(bytes: number): number {
  let size = 8;
  while (size < bytes) size *= 2;
  return size;
}

function viewOf(memory: ArrayBuffer, dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "bool":
    case "u8":
      return new Uint8Array(memory, 0, size);
    case "i32":
      return new Int32Array(memory, 0, size);
    case "f32":
      return new Float32Array(memory, 0, size);
    case "f64":
      return new Float64Array(memory, 0, size);
  }
}
