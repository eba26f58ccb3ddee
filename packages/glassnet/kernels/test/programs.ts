/**
 * @file Writes the contract suite for programs.c: each sample as the lowered program that a device would run, its operands, the
 * reference backend's result and the tolerance of each element.
 *
 *   npx tsx kernels/test/programs.ts programs.bin
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { TypedArray } from "../../src/core/dtype.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { dtypeNumber } from "../../src/program/lower/block.ts";
import { lowerProgram } from "../../src/program/lower/lower.ts";
import type { Program } from "../../src/program/program.ts";
import { ableSamples, expectedOf, programOf } from "../../test/one-primitive.ts";
import { toleranceOf } from "../../test/tolerances.ts";

const file = openSync(process.argv[2] ?? "programs.bin", "w");

/** Instead of a tolerance, where all bits must be the same. */
const ALL_BITS = -1;

/** The bytes, then what is missing to a multiple of 8. */
function write(data: TypedArray | Uint8Array): void {
  const padded = new Uint8Array(Math.ceil(data.byteLength / 8) * 8);
  padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  writeSync(file, padded);
}

function constantData({ buffers }: Program, buffer: number): TypedArray {
  const { source } = buffers[buffer]!;
  if (source.kind !== "constant") throw new Error(`buffer ${buffer} is no constant`);
  return source.data;
}

for (const [title, sample] of ableSamples) {
  const { program, feeds } = programOf(sample);
  const lowered = lowerProgram(program);
  const expected = expectedOf(sample);
  const given = lowered.buffers.flatMap(({ place }, buffer) => {
    if (place.kind === "feed") return [{ buffer, data: feeds[place.name]! }];
    if (place.kind === "constant") return [{ buffer, data: constantData(program, buffer) }];
    if (place.kind === "scratch") return [];
    throw new Error(`${title}: a program of one primitive has a ${place.kind}`);
  });
  const name = new TextEncoder().encode(title);
  const { code, buffers, outputs, arenaBytes, threadBytes } = lowered;
  write(Int32Array.of(name.length, code.length, buffers.length, given.length, outputs.length, 0));
  write(Float64Array.of(arenaBytes, threadBytes));
  write(name);
  write(code);
  write(Float64Array.from(buffers, ({ place }) => ("offset" in place ? place.offset : 0)));
  for (const { buffer, data } of given) {
    write(Int32Array.of(buffer, data.byteLength));
    write(data);
  }
  for (const { buffer } of outputs) {
    const size = sizeOf(expected.shape);
    write(Int32Array.of(buffer, size, dtypeNumber(expected.dtype), 0));
    write(expected.data);
    write(toleranceOf(sample, expected) ?? new Float64Array(size).fill(ALL_BITS));
  }
}
closeSync(file);
