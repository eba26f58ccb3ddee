import type { ArrayData } from "../src/core/array.ts";
import { type DType, isFloat } from "../src/core/dtype.ts";
import type { Shape } from "../src/core/shape.ts";
import type { Attrs, ConvAttrs, PoolAttrs, PrimName } from "../src/ir/prim.ts";

/**
 * @file Every primitive once more, element by element from its textbook formula: no strides, no blocking, no typed
 * arrays. Hopelessly slow, and unlike the kernels in every way, so that a mistake in those has nowhere to hide.
 * Whole numbers are added and multiplied as bigints and wrapped at the end.
 */

type Index = readonly number[];

export interface Call<A> {
  readonly inputs: readonly ArrayData[];
  readonly attrs: A;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** The elements of the result in row-major order. */
export type Definition<A> = (call: Call<A>) => (number | bigint)[];

/** Indices of a shape in row-major order. */
function indicesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (indices, n) => indices.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The element at an index; leading axes that x lacks are ignored and axes of size 1 stretch. */
function at({ shape, data }: ArrayData, index: Index): number {
  const own = index.slice(index.length - shape.length);
  const offset = own.reduce((sum, i, axis) => sum * shape[axis]! + (shape[axis] === 1 ? 0 : i), 0);
  return data[offset]!;
}

/** The product of an element of x with y, or 0 outside of x, whatever y is: padding is skipped and not multiplied. */
function product(x: ArrayData, index: Index, y: number): number {
  return index.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? at(x, index) * y : 0;
}

const elementwise =
  (f: (...values: number[]) => number | bigint): Definition<Attrs<"add">> =>
  ({ inputs, shape }) =>
    indicesOf(shape).map((index) => f(...inputs.map((x) => at(x, index))));

/** Exact for whole numbers. */
const arithmetic =
  (f: (a: number, b: number) => number, whole: (a: bigint, b: bigint) => bigint): Definition<Attrs<"add">> =>
  (call) =>
    elementwise((a, b) => (isFloat(call.dtype) ? f(a!, b!) : whole(BigInt(a!), BigInt(b!))))(call);

const reduction =
  (f: (values: number[], dtype: DType) => number | bigint): Definition<Attrs<"sum">> =>
  ({ inputs: [x], attrs: { axes, keepDims }, dtype, shape }) =>
    indicesOf(shape).map((index) => {
      const rest = [...index];
      const kept = x!.shape.map((_, axis) => {
        if (axes.includes(axis) && !keepDims) return 0;
        return rest.shift()!;
      });
      const group = indicesOf(x!.shape).filter((i) => i.every((k, axis) => axes.includes(axis) || k === kept[axis]));
      return f(
        group.map((i) => at(x!, i)),
        dtype,
      );
    });

const sumOf = (values: number[], dtype: DType) =>
  isFloat(dtype) ? values.reduce((a, b) => a + b, 0) : values.reduce((a, b) => a + BigInt(b), 0n);

const add = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

/** Larger first; NaN before everything. Equal values keep their order. */
const byLargest = (a: number, b: number) =>
  Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : Number.isNaN(b) ? 1 : a === b ? 0 : a > b ? -1 : 1;

const largest = (values: number[]) => values.toSorted(byLargest)[0]!;

function erf(x: number): number {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Math.sign(x);
  const steps = 20_000; // Simpson's rule
  const h = x / steps;
  const inner = add(
    Array.from({ length: steps - 1 }, (_, i) => (i % 2 === 0 ? 4 : 2) * Math.exp(-(((i + 1) * h) ** 2))),
  );
  return ((2 / Math.sqrt(Math.PI)) * h * (1 + inner + Math.exp(-x * x))) / 3;
}

function mod(a: number, b: number): number {
  if (Math.abs(b) === Number.POSITIVE_INFINITY && Number.isFinite(a))
    return a === 0 || Math.sign(a) === Math.sign(b) ? a : b;
  return a - b * Math.floor(a / b);
}

/** Casts by cases on text and sets, not on arithmetic. */
function cast(x: number, from: DType, to: DType): number {
  if (to === "f64") return x;
  if (to === "f32") return Float32Array.of(x)[0]!;
  if (to === "bool") return Object.is(x, 0) || Object.is(x, -0) ? 0 : 1;
  const [low, high] = to === "u8" ? [0, 255] : [-2147483648, 2147483647];
  if (!isFloat(from)) return Number(to === "u8" ? BigInt.asUintN(8, BigInt(x)) : BigInt(x));
  if (Number.isNaN(x)) return 0;
  return Math.trunc(Math.min(Math.max(x, low), high));
}

/** Threefry-2x32 of Random123, on bigints. */
export function threefry(key: readonly [bigint, bigint], counter: readonly [bigint, bigint]): [bigint, bigint] {
  const word = (x: bigint) => BigInt.asUintN(32, x);
  const keys = [word(key[0]), word(key[1]), 0x1bd11bdan ^ word(key[0]) ^ word(key[1])];
  let [x, y] = [word(counter[0] + keys[0]!), word(counter[1] + keys[1]!)];
  for (let round = 0; round < 20; round++) {
    const by = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n][round % 8]!;
    x = word(x + y);
    y = (word(y << by) | (y >> (32n - by))) ^ x;
    const group = (round + 1) / 4;
    if (!Number.isInteger(group)) continue;
    x = word(x + keys[group % 3]!);
    y = word(y + keys[(group + 1) % 3]! + BigInt(group));
  }
  return [x, y];
}

/** All (output row, kernel row) pairs that touch input row `i`, along one axis. */
function contacts(
  i: number,
  outSize: number,
  window: number,
  stride: number,
  before: number,
  dilation: number,
): [number, number][] {
  return indicesOf([outSize, window]).filter(([o, k]) => o! * stride + k! * dilation - before === i) as [
    number,
    number,
  ][];
}

function conv2d(x: ArrayData, kernel: ArrayData, [n, o, row, column]: Index, attrs: ConvAttrs): number {
  const [outs, ins, kh, kw] = kernel.shape as [number, number, number, number];
  const group = Math.floor(o! / (outs / attrs.groups));
  return add(
    indicesOf([ins, kh, kw]).map(([i, ki, kj]) => {
      const y = row! * attrs.stride[0] + ki! * attrs.dilation[0] - attrs.padding[0][0];
      const z = column! * attrs.stride[1] + kj! * attrs.dilation[1] - attrs.padding[1][0];
      return product(x, [n!, group * ins + i!, y, z], at(kernel, [o!, i!, ki!, kj!]));
    }),
  );
}

function conv2dInputGrad(g: ArrayData, kernel: ArrayData, [n, c, row, column]: Index, attrs: ConvAttrs): number {
  const { stride, padding, dilation, groups } = attrs;
  const [outs, ins, kh, kw] = kernel.shape as [number, number, number, number];
  const rows = contacts(row!, g.shape[2]!, kh, stride[0], padding[0][0], dilation[0]);
  const columns = contacts(column!, g.shape[3]!, kw, stride[1], padding[1][0], dilation[1]);
  const terms: number[] = [];
  for (let o = 0; o < outs; o++) {
    if (Math.floor(o / (outs / groups)) !== Math.floor(c! / ins)) continue;
    for (const [y, ki] of rows) {
      for (const [z, kj] of columns) terms.push(at(g, [n!, o, y, z]) * at(kernel, [o, c! % ins, ki, kj]));
    }
  }
  return add(terms);
}

function conv2dKernelGrad(x: ArrayData, g: ArrayData, [o, i, ki, kj]: Index, attrs: ConvAttrs, ins: number): number {
  const { stride, padding, dilation, groups } = attrs;
  const [images, outs, rows, columns] = g.shape as [number, number, number, number];
  const group = Math.floor(o! / (outs / groups));
  return add(
    indicesOf([images, rows, columns]).map(([n, row, column]) => {
      const y = row! * stride[0] + ki! * dilation[0] - padding[0][0];
      const z = column! * stride[1] + kj! * dilation[1] - padding[1][0];
      return product(x, [n!, group * ins + i!, y, z], at(g, [n!, o!, row!, column!]));
    }),
  );
}

/** Places of a plane that a pooling window covers. */
function covered([, , row, column]: Index, plane: Shape, { kernel, stride, padding }: PoolAttrs): number[][] {
  const top = row! * stride[0] - padding[0][0];
  const left = column! * stride[1] - padding[1][0];
  return indicesOf(plane).filter(([y, z]) => y! >= top && y! < top + kernel[0] && z! >= left && z! < left + kernel[1]);
}

const pooling =
  (f: (values: number[], places: number[][], width: number) => number): Definition<Attrs<"maxPool">> =>
  ({ inputs: [x], attrs, shape }) =>
    indicesOf(shape).map((index) => {
      const places = covered(index, x!.shape.slice(2), attrs);
      const values = places.map((place) => at(x!, [index[0]!, index[1]!, ...place]));
      return f(values, places, x!.shape[3]!);
    });

const clamp = (i: number, n: number) => Math.max(0, Math.min(i, n - 1));

const replaced = (index: Index, axis: number, i: number) => index.map((old, k) => (k === axis ? i : old));

/** Where the element of a gathered result at `index` comes from. */
function gathered(x: ArrayData, indices: ArrayData, index: Index, axis: number): number[] {
  const rank = indices.shape.length;
  const i = at(indices, index.slice(axis, axis + rank));
  return [...index.slice(0, axis), clamp(i, x.shape[axis]!), ...index.slice(axis + rank)];
}

function gatheredElement(x: ArrayData, indices: ArrayData, index: Index, axis: number): number[] {
  return replaced(index, axis, clamp(at(indices, index), x.shape[axis]!));
}

/** x with every update added at the place that `target` names. */
function scattered(call: Call<unknown>, target: (index: Index) => Index): (number | bigint)[] {
  const [x, , updates] = call.inputs as [ArrayData, ArrayData, ArrayData];
  const targets = indicesOf(updates.shape).map((index) => ({ to: target(index).join(), value: at(updates, index) }));
  return indicesOf(x.shape).map((index) => {
    const here = targets.filter(({ to }) => to === index.join());
    return sumOf([at(x, index), ...here.map(({ value }) => value)], call.dtype);
  });
}

/** The start of a block, moved so that the block lies inside. */
const inside = (start: ArrayData, shape: Shape, sizes: Shape) =>
  shape.map((n, axis) => Math.min(Math.max(start.data[axis]!, 0), n - sizes[axis]!));

export const definitions: { readonly [P in PrimName]: Definition<Attrs<P>> } = {
  input: () => [],
  constant: ({ attrs }) => [...attrs.data],
  iota: ({ attrs, shape }) => indicesOf(shape).map((index) => BigInt(index[attrs.axis]!)),
  randomBits: ({ inputs: [key], attrs: { shape, bits, stream } }) =>
    indicesOf(shape).map((_, i) => {
      const [k0, k1] = [...key!.data].map(BigInt) as [bigint, bigint];
      const block = threefry([k0, k1], [BigInt(Math.floor(i / 2)), BigInt(stream)]);
      return block[(i % 2) as 0 | 1] >> BigInt(32 - bits);
    }),

  neg: ({ inputs: [x] }) => [...x!.data].map((v) => 0 - v),
  abs: ({ inputs: [x] }) => [...x!.data].map((v) => (v < 0 ? 0 - v : v)),
  sign: ({ inputs: [x] }) => [...x!.data].map((v) => (Number.isNaN(v) ? v : Number(v > 0) - Number(v < 0))),
  exp: elementwise((x) => Math.E ** x!),
  log: elementwise((x) => Math.log2(x!) * Math.LN2),
  sqrt: elementwise((x) => (x! < 0 ? Number.NaN : x! ** 0.5)),
  tanh: elementwise((x) => (Math.abs(x!) > 50 ? Math.sign(x!) : Math.expm1(2 * x!) / (Math.expm1(2 * x!) + 2))),
  erf: elementwise((x) => erf(x!)),
  sin: elementwise((x) => 2 * Math.sin(x! / 2) * Math.cos(x! / 2)),
  cos: elementwise((x) => 1 - 2 * Math.sin(x! / 2) ** 2),
  floor: elementwise((x) => (Number.isFinite(x) ? x! - (((x! % 1) + 1) % 1) : x!)),
  not: elementwise((x) => (x === 1 ? 0 : 1)),
  cast: ({ inputs: [x], attrs }) => [...x!.data].map((v) => cast(v, x!.dtype, attrs.dtype)),
  stopGradient: ({ inputs: [x] }) => [...x!.data],

  add: arithmetic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  sub: arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  mul: arithmetic(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  div: elementwise((a, b) => a! / b!),
  pow: elementwise((a, b) => (a === 1 || (a === -1 && Math.abs(b!) === Number.POSITIVE_INFINITY) ? 1 : a! ** b!)),
  mod: elementwise((a, b) => mod(a!, b!)),
  maximum: elementwise((a, b) => largest([a!, b!])),
  minimum: elementwise((a, b) => -largest([-a!, -b!])),
  eq: elementwise((a, b) => Number(a === b)),
  lt: elementwise((a, b) => Number(b! > a!)),
  le: elementwise((a, b) => Number(b! > a! || a === b)),
  and: elementwise((a, b) => a! * b!),
  or: elementwise((a, b) => Math.sign(a! + b!)),
  where: elementwise((condition, a, b) => [b!, a!][condition!]!),

  sum: reduction(sumOf),
  prod: reduction((values, dtype) =>
    isFloat(dtype) ? values.reduce((a, b) => a * b, 1) : values.reduce((a, b) => a * BigInt(b), 1n),
  ),
  max: reduction(largest),
  min: reduction((values) => -largest(values.map((v) => -v))),
  argmax: (call) =>
    reduction((values) => values.findIndex((v) => byLargest(v, largest(values)) === 0))({
      ...call,
      attrs: { axes: [call.attrs.axis], keepDims: call.attrs.keepDims },
    }),

  reshape: ({ inputs: [x] }) => [...x!.data],
  transpose: ({ inputs: [x], attrs: { perm }, shape }) =>
    indicesOf(shape).map((index) =>
      at(
        x!,
        x!.shape.map((_, axis) => index[perm.indexOf(axis)]!),
      ),
    ),
  broadcast: ({ inputs: [x], shape }) => indicesOf(shape).map((index) => at(x!, index)),
  slice: ({ inputs: [x], attrs: { start, step }, shape }) =>
    indicesOf(shape).map((index) =>
      at(
        x!,
        index.map((i, axis) => start[axis]! + i * step[axis]!),
      ),
    ),
  pad: ({ inputs: [x], attrs: { low, interior, value }, shape }) =>
    indicesOf(shape).map((index) => {
      const from = index.map((i, axis) => (i - low[axis]!) / (interior[axis]! + 1));
      return from.every((i, axis) => Number.isInteger(i) && i >= 0 && i < x!.shape[axis]!) ? at(x!, from) : value;
    }),
  concat: ({ inputs, attrs: { axis }, shape }) => {
    const origin = inputs.flatMap((x) => Array.from({ length: x.shape[axis]! }, (_, i) => ({ x, i })));
    return indicesOf(shape).map((index) => {
      const { x, i } = origin[index[axis]!]!;
      return at(x, replaced(index, axis, i));
    });
  },
  flip: ({ inputs: [x], attrs: { axes }, shape }) =>
    indicesOf(shape).map((index) =>
      at(
        x!,
        index.map((i, axis) => (axes.includes(axis) ? shape[axis]! - 1 - i : i)),
      ),
    ),

  matmul: ({ inputs: [a, b], shape }) =>
    indicesOf(shape).map((index) => {
      const [row, column] = index.slice(-2) as [number, number];
      const batch = index.slice(0, -2);
      const products = Array.from(
        { length: a!.shape.at(-1)! },
        (_, k) => at(a!, [...batch, row, k]) * at(b!, [...batch, k, column]),
      );
      return add(products);
    }),
  conv2d: ({ inputs: [x, kernel], attrs, shape }) => indicesOf(shape).map((index) => conv2d(x!, kernel!, index, attrs)),
  conv2dInputGrad: ({ inputs: [g, kernel], attrs, shape }) =>
    indicesOf(shape).map((index) => conv2dInputGrad(g!, kernel!, index, attrs)),
  conv2dKernelGrad: ({ inputs: [x, g], attrs, shape }) =>
    indicesOf(shape).map((index) => conv2dKernelGrad(x!, g!, index, attrs, shape[1]!)),
  maxPool: pooling(largest),
  argmaxPool: pooling((values, places, width) => {
    const best = largest(values);
    const [y, z] = places[values.findIndex((v) => byLargest(v, best) === 0)]!;
    return y! * width + z!;
  }),
  sumPool: pooling(add),
  sumPoolGrad: ({ inputs: [g], attrs, shape }) =>
    indicesOf(shape).map(([n, c, y, z]) => {
      const windows = indicesOf(g!.shape).filter((o) => o[0] === n && o[1] === c);
      const touching = windows.filter((o) => covered(o, attrs.inputSize, attrs).some(([p, q]) => p === y && q === z));
      return add(touching.map((o) => at(g!, o)));
    }),

  gather: ({ inputs: [x, indices], attrs: { axis }, shape }) =>
    indicesOf(shape).map((index) => at(x!, gathered(x!, indices!, index, axis))),
  scatterAdd: (call) => scattered(call, (index) => gathered(call.inputs[0]!, call.inputs[1]!, index, call.attrs.axis)),
  gatherElements: ({ inputs: [x, indices], attrs: { axis }, shape }) =>
    indicesOf(shape).map((index) => at(x!, gatheredElement(x!, indices!, index, axis))),
  scatterAddElements: (call) =>
    scattered(call, (index) => gatheredElement(call.inputs[0]!, call.inputs[1]!, index, call.attrs.axis)),
  dynamicSlice: ({ inputs: [x, start], attrs: { sizes }, shape }) => {
    const from = inside(start!, x!.shape, sizes);
    return indicesOf(shape).map((index) =>
      at(
        x!,
        index.map((i, axis) => from[axis]! + i),
      ),
    );
  },
  dynamicUpdateSlice: ({ inputs: [x, update, start] }) => {
    const from = inside(start!, x!.shape, update!.shape);
    return indicesOf(x!.shape).map((index) => {
      const own = index.map((i, axis) => i - from[axis]!);
      return own.every((i, axis) => i >= 0 && i < update!.shape[axis]!) ? at(update!, own) : at(x!, index);
    });
  },
  argsort: ({ inputs: [x], attrs: { axis, descending }, shape }) =>
    indicesOf(shape).map((index) => {
      const n = shape[axis]!;
      const values = Array.from({ length: n }, (_, i) => ({ i, value: at(x!, replaced(index, axis, i)) }));
      const rank = (a: { i: number; value: number }, b: { i: number; value: number }) =>
        (descending ? byLargest(a.value, b.value) : byLargest(b.value, a.value)) || a.i - b.i;
      return values.sort(rank)[index[axis]!]!.i;
    }),
};

/** Whole results modulo the width of their dtype, floats as they are. */
export function wrapped(values: readonly (number | bigint)[], dtype: DType): number[] {
  return values.map((value) => {
    if (isFloat(dtype) || dtype === "bool") return Number(value);
    if (typeof value === "number" && !Number.isFinite(value)) return 0;
    const whole = BigInt(value);
    return Number(dtype === "u8" ? BigInt.asUintN(8, whole) : BigInt.asIntN(32, whole));
  });
}
