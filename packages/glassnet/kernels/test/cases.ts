/**
 * @file Writes cases for cases.c: calls as the encoders make them, with operands and the reference backend's results.
 * The samples of all suites are among them, and as many random shapes with hostile indices as are asked for.
 *
 *   npx tsx kernels/test/cases.ts cases.bin 20000
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { runPrimitive } from "../../src/backends/reference/kernels.ts";
import type { ArrayData } from "../../src/core/array.ts";
import { allocate, type DType } from "../../src/core/dtype.ts";
import { Rng } from "../../src/core/random.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../../src/ir/prim.ts";
import type { Encoder } from "../../src/program/lower/encode/encoder.ts";
import * as indexing from "../../src/program/lower/encode/indexing.ts";
import * as movement from "../../src/program/lower/encode/movement.ts";
import * as random from "../../src/program/lower/encode/random.ts";
import * as sort from "../../src/program/lower/encode/sort.ts";
import { kernelNames } from "../../src/program/lower/kernel-names.ts";
import { samplesOf } from "../../test/samples.ts";

const encoders = { ...indexing, ...movement, ...random, ...sort } as Record<string, Encoder<never>>;
const prims = Object.keys(encoders) as PrimName[];

const [, , path = "cases.bin", count = "20000", seed = "1"] = process.argv;
const rng = Rng.seeded(Number(seed));
const file = openSync(path, "w");

const upTo = (n: number): number => Math.floor(rng.next() * (n + 1));
const oneOf = <T>(choices: readonly T[]): T => choices[upTo(choices.length - 1)]!;
const chance = (p: number): boolean => rng.next() < p;

/** Sizes that are small, or 0, or as long as a vector and more. */
const size = (): number => (chance(0.05) ? 0 : chance(0.15) ? 16 + upTo(60) : 1 + upTo(4));

function shapeOf(leastRank: number, some = size): Shape {
  for (;;) {
    const shape = Array.from({ length: leastRank + upTo(5 - leastRank) }, some);
    if (sizeOf(shape) <= 20_000) return shape;
  }
}

function fill(dtype: DType, shape: Shape, value: () => number): ArrayData {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = dtype === "bool" ? upTo(1) : value();
  return { dtype, shape, data };
}

/** Small whole numbers: in any order their f32 sums are exact. */
const whole = (): number => upTo(200) - 100;
const special = (): number =>
  chance(0.3) ? oneOf([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e-40, 255]) : whole();
const dtype = (): DType => oneOf(["f32", "f32", "i32", "u8", "bool"]);
const number = (): DType => oneOf(["f32", "f32", "i32", "u8"]);

/** Mostly within n, some beyond, some as far as can be. */
const index = (n: number) => (): number =>
  chance(0.05) ? oneOf([-(2 ** 31), 2 ** 31 - 1, -1, n]) : chance(0.1) ? upTo(2 * n) - n : upTo(Math.max(0, n - 1));

interface Case {
  readonly inputs: readonly ArrayData[];
  readonly attrs: object;
}

const along = (shape: Shape, axis: number, ...sizes: readonly number[]): Shape => [
  ...shape.slice(0, axis),
  ...sizes,
  ...shape.slice(axis + 1),
];

/** A shape with elements along an axis. */
function shapeAndAxis(): { shape: Shape; axis: number } {
  const shape = shapeOf(1);
  const axis = upTo(shape.length - 1);
  return { shape: along(shape, axis, Math.max(1, shape[axis]!)), axis };
}

function indexed(isScatter: boolean): Case {
  const { shape, axis } = shapeAndAxis();
  const type = isScatter ? number() : dtype();
  const indices = fill("i32", shapeOf(0, () => upTo(6)).slice(0, 2), index(shape[axis]!));
  const updates = isScatter ? [fill(type, along(shape, axis, ...indices.shape), whole)] : [];
  return { inputs: [fill(type, shape, whole), indices, ...updates], attrs: { axis } };
}

function indexedElements(isScatter: boolean): Case {
  const { shape, axis } = shapeAndAxis();
  const type = isScatter ? number() : dtype();
  const indices = fill("i32", along(shape, axis, upTo(9)), index(shape[axis]!));
  const updates = isScatter ? [fill(type, indices.shape, whole)] : [];
  return { inputs: [fill(type, shape, whole), indices, ...updates], attrs: { axis } };
}

/** Sizes of a block in a shape; often it spans an axis. */
const blockIn = (shape: Shape): Shape => shape.map((n) => (chance(0.5) ? n : upTo(n)));
const startIn = (shape: Shape): ArrayData => {
  const start = fill("i32", [shape.length], () => 0);
  for (const [axis, n] of shape.entries()) start.data[axis] = index(n)();
  return start;
};

const makers: Partial<Record<PrimName, () => Case>> = {
  randomBits: () => ({
    inputs: [fill("i32", [2], () => upTo(2 ** 32 - 1) - 2 ** 31)],
    attrs: { shape: shapeOf(0), bits: 1 + upTo(31), stream: upTo(9) },
  }),
  gather: () => indexed(false),
  scatterAdd: () => indexed(true),
  gatherElements: () => indexedElements(false),
  scatterAddElements: () => indexedElements(true),
  dynamicSlice: () => {
    const shape = shapeOf(0);
    return { inputs: [fill(dtype(), shape, special), startIn(shape)], attrs: { sizes: blockIn(shape) } };
  },
  dynamicUpdateSlice: () => {
    const shape = shapeOf(0);
    const type = dtype();
    return {
      inputs: [fill(type, shape, special), fill(type, blockIn(shape), special), startIn(shape)],
      attrs: {},
    };
  },
  concat: () => {
    const { shape, axis } = shapeAndAxis();
    const type = dtype();
    return {
      inputs: Array.from({ length: 1 + upTo(4) }, () => fill(type, along(shape, axis, size()), special)),
      attrs: { axis },
    };
  },
  pad: () => {
    const shape = shapeOf(0, () => upTo(6));
    const amounts = (): number[] => shape.map(() => (chance(0.5) ? 0 : upTo(3)));
    const attrs = { low: amounts(), high: amounts(), interior: amounts().map((n) => (chance(0.5) ? 0 : n)) };
    return { inputs: [fill(dtype(), shape, special)], attrs: { ...attrs, value: chance(0.5) ? 0 : special() } };
  },
  argmax: () => {
    const { shape, axis } = shapeAndAxis();
    return { inputs: [fill(number(), shape, special)], attrs: { axis, keepDims: chance(0.5) } };
  },
  argsort: () => {
    const { shape, axis } = shapeAndAxis();
    return { inputs: [fill(dtype(), shape, special)], attrs: { axis, descending: chance(0.5) } };
  },
};

function words(...values: readonly number[]): void {
  writeSync(file, Int32Array.from(values));
}

/** Length in bytes, then the bytes, then what fills the last word. */
function bytes({ data }: ArrayData): void {
  words(data.byteLength);
  const padded = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
  padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  writeSync(file, padded);
}

/** Kernel, scratch, whether the output may be the first operand, arguments, then the output as buffer 0 and operands. */
function write(prim: PrimName, { inputs, attrs }: Case): void {
  const output = runPrimitive(prim, inputs as Inputs<PrimName, ArrayData>, attrs as Attrs<PrimName>);
  const operands = inputs.map((input, i) => ({ ...input, buffer: i + 1 }));
  const call = encoders[prim]!(operands, { ...output, buffer: 0 }, attrs as never);
  const mayReplace = prim === "scatterAdd" || prim === "scatterAddElements" || prim === "dynamicUpdateSlice";
  words(kernelNames.indexOf(call.kernel), call.scratch ?? 0, Number(mayReplace), output.dtype === "f32" ? 1 : 0);
  words(call.args.length, ...call.args, 1 + inputs.length);
  for (const array of [output, ...inputs]) bytes(array);
}

for (const prim of prims) {
  for (const sample of samplesOf(prim)) {
    const types = [...sample.inputs, sample.attrs as { dtype?: DType }];
    if (!types.some((type) => type.dtype === "f64")) write(prim, sample);
  }
}
for (let i = 0; i < Number(count); i++) {
  const prim = prims[i % prims.length]!;
  write(prim, makers[prim]!());
}
closeSync(file);
