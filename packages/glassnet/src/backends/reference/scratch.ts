import { BYTES_PER_ELEMENT, type DType, type TypedArray } from "../../core/dtype.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Program } from "../../program/program.ts";

const ALIGNMENT = 8; // a slot may serve f64 after f32

/**
 * Memory for every scratch buffer of a program, by buffer number. Buffers that are never needed at the same time share
 * a slot; an output is placed before the inputs of its instruction are released, so it never lies on one of them.
 */
export function placeScratch({ buffers, instructions }: Program): Map<number, TypedArray> {
  const placed = new Map<number, TypedArray>();
  const free: ArrayBuffer[] = [];
  const ends = new Map<number, ArrayBuffer[]>(); // by instruction: slots released after it
  instructions.forEach(({ output }, at) => {
    const { dtype, shape, lastUse } = buffers[output];
    const slot = takeSlot(free, sizeOf(shape) * BYTES_PER_ELEMENT[dtype]);
    placed.set(output, viewOf(slot, dtype, sizeOf(shape)));
    const end = Math.max(lastUse, at);
    ends.set(end, [...(ends.get(end) ?? []), slot]);
    free.push(...(ends.get(at) ?? []));
  });
  return placed;
}

/** The smallest free slot that is large enough and at most twice as large as needed, or a new one. */
function takeSlot(free: ArrayBuffer[], bytes: number): ArrayBuffer {
  let best = -1;
  free.forEach((slot, i) => {
    const fits = slot.byteLength >= bytes && slot.byteLength <= 2 * Math.max(bytes, ALIGNMENT);
    if (fits && (best < 0 || slot.byteLength < free[best].byteLength)) best = i;
  });
  if (best >= 0) return free.splice(best, 1)[0];
  return new ArrayBuffer(Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
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
