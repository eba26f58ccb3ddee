import { normalFrom } from "../../src/core/normal.ts";
import { type Shape, sizeOf } from "../../src/core/shape.ts";
import type { Value } from "../../src/ir/graph.ts";
import type { Attrs, Inputs, Padding, PrimName } from "../../src/ir/prim.ts";
import { infer } from "../../src/ops/all.ts";
import * as composite from "../../src/ops/composite.ts";
import type { Ops } from "../../src/ops/operations.ts";

/** @file The part of random programs that has kernels of its own: windows, indices, order and random numbers. */

/** What growth draws on. */
export interface Draw {
  readonly ops: Ops<Value>;
  readonly maxSize: number;
  emit<P extends PrimName>(prim: P, inputs: Inputs<P, Value>, attrs: object): Value;
  below(n: number): number;
  chance(p: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
  /** A value of the pool, rather a new one; undefined if none fits. */
  some(fits: (value: Value) => boolean): Value | undefined;
  all(fits: (value: Value) => boolean): readonly Value[];
  input(dtype: "f32" | "i32" | "u8" | "bool", shape: Shape): Value;
  fail(): never;
}

const CHANNELS = [1, 2, 3, 4, 6, 8];
const PLANE_SIZES = [1, 2, 3, 5, 7, 12, 17];
const LARGE_PLANE_SIZES = [31, 33, 65];

/** A value of [N, C, H, W]: one of the pool, another one in this shape, or a new one. */
function planesOf(d: Draw): Value {
  const isFloat = (x: Value) => x.dtype === "f32" && sizeOf(x.shape) > 0;
  const known = d.chance(0.5) ? d.some((x) => isFloat(x) && x.shape.length === 4) : undefined;
  if (known !== undefined) return known;
  const other = d.chance(0.4) ? d.some(isFloat) : undefined;
  if (other !== undefined) {
    let rest = sizeOf(other.shape);
    const part = (sizes: readonly number[]): number => {
      const size = d.pick(sizes.filter((n) => rest % n === 0));
      rest /= size;
      return size;
    };
    const [n, c, h] = [part([1, 2, 3]), part(CHANNELS), part(PLANE_SIZES)];
    return d.ops.reshape(other, [n, c, h, rest]);
  }
  const sizes = d.maxSize > 4000 ? [...PLANE_SIZES, ...LARGE_PLANE_SIZES] : PLANE_SIZES;
  const shape = [d.pick([1, 1, 2, 3]), d.pick(CHANNELS), d.pick(sizes), d.pick(sizes)];
  while (2 * sizeOf(shape) > d.maxSize) {
    const largest = shape.indexOf(Math.max(...shape));
    shape[largest] = Math.ceil(shape[largest]! / 2);
  }
  return d.input("f32", shape);
}

const sized = (d: Draw, shape: Shape): Value => (sizeOf(shape) > d.maxSize ? d.fail() : d.input("f32", shape));

/** How many output channels a group has. */
const channelsOut = (d: Draw): number => d.pick(d.maxSize > 4000 ? [1, 2, 3, 5, 16, 33] : [1, 1, 2, 3]);

const pair = <T>(make: () => T): readonly [T, T] => [make(), make()];
const paddingBelow = (d: Draw, limit: readonly [number, number]): Padding => [
  pair(() => d.below(limit[0])),
  pair(() => d.below(limit[1])),
];

function convolution(d: Draw): Value {
  const { emit } = d;
  const x = planesOf(d);
  const [n, c, h, w] = x.shape as readonly [number, number, number, number];
  const groups = d.pick([1, 1, 1, ...CHANNELS, 16, c].filter((size) => c % size === 0));
  const kernelSize = pair(() => d.pick([1, 2, 3, 3, 4, 5]));
  const attrs: Attrs<"conv2d"> = {
    stride: pair(() => d.pick([1, 1, 1, 2, 3])),
    padding: d.chance(0.4) ? paddingBelow(d, [1, 1]) : paddingBelow(d, [4, 4]),
    dilation: d.chance(0.7) ? [1, 1] : pair(() => d.pick([1, 2, 3])),
    groups,
  };
  switch (d.pick(["conv2d", "conv2d", "conv2d", "conv2dInputGrad", "conv2dKernelGrad"])) {
    case "conv2d": {
      const kernel = sized(d, [groups * channelsOut(d), c / groups, ...kernelSize]);
      const y = emit("conv2d", [x, kernel], attrs);
      return d.chance(0.5) ? y : d.ops.add(y, d.input("f32", [kernel.shape[0]!, 1, 1]));
    }
    case "conv2dInputGrad": {
      const kernel = sized(d, [c, d.pick([1, 2, 3, 5]), ...kernelSize]); // what came out has c channels
      const inputSize = [h, w].map((size, i) => {
        const { stride, padding, dilation } = attrs;
        const rest = d.below(stride[i]!);
        return (
          (size - 1) * stride[i]! + dilation[i]! * (kernelSize[i]! - 1) + 1 + rest - padding[i]![0] - padding[i]![1]
        );
      });
      return inputSize.some((size) => size < 1)
        ? d.fail()
        : emit("conv2dInputGrad", [x, kernel], { ...attrs, inputSize });
    }
    default: {
      const outputs = groups * channelsOut(d);
      const kernel = { dtype: "f32", shape: [outputs, c / groups, ...kernelSize] } as const;
      const grad = sized(d, infer("conv2d", [{ dtype: "f32", shape: [n, c, h, w] }, kernel], attrs).shape);
      return emit("conv2dKernelGrad", [x, grad], { ...attrs, kernelSize });
    }
  }
}

function pooling(d: Draw): Value {
  const { emit } = d;
  const x = planesOf(d);
  const kernel = pair(() => d.pick([1, 2, 2, 3, 4]));
  const padding = d.chance(0.5) ? paddingBelow(d, [1, 1]) : paddingBelow(d, kernel);
  const attrs: Attrs<"maxPool"> = {
    kernel,
    stride: d.chance(0.5) ? kernel : pair(() => d.pick([1, 2, 3, 5])),
    padding,
  };
  const prim = d.pick(["maxPool", "maxPool", "argmaxPool", "sumPool", "sumPoolGrad", "avgPool"] as const);
  if (prim === "avgPool") return composite.avgPool(d.ops, x, { ...attrs, countPadding: d.chance(0.5) });
  if (prim !== "sumPoolGrad") return emit(prim, [x], attrs);
  const inputSize = [2, 3].map((axis, i) => {
    const all = (x.shape[axis]! - 1) * attrs.stride[i]! + kernel[i]! + d.below(attrs.stride[i]!);
    return all - padding[i]![0] - padding[i]![1];
  });
  return inputSize.some((size) => size < 1) ? d.fail() : emit("sumPoolGrad", [x], { ...attrs, inputSize });
}

/** One of the primitives whose kernels look at planes of images. */
export const windows = (d: Draw): Value => (d.chance(0.6) ? convolution(d) : pooling(d));

const axisOf = (d: Draw, x: Value): number => d.below(x.shape.length);
const ranked = (d: Draw, fits: (x: Value) => boolean = () => true): Value =>
  d.some((x) => x.shape.length > 0 && fits(x)) ?? d.fail();
const isNumeric = (x: Value): boolean => x.dtype !== "bool";

const kernels: readonly ((d: Draw) => Value | readonly Value[])[] = [
  function pad(d) {
    const x = ranked(d);
    const [low, high] = pair(() => x.shape.map(() => d.below(3)));
    return d.emit("pad", [x], { low, high, interior: x.shape.map(() => d.pick([0, 0, 1])), value: 1 });
  },
  function concat(d) {
    const x = ranked(d);
    const axis = axisOf(d, x);
    const others = d.all(
      (y) =>
        y.dtype === x.dtype &&
        y.shape.length === x.shape.length &&
        y.shape.every((size, i) => i === axis || size === x.shape[i]),
    );
    return d.ops.concat([x, ...d.shuffled(others).slice(0, 2), x], axis);
  },
  function gather(d) {
    const x = ranked(d);
    return d.ops.gather(x, d.input("i32", d.pick([[], [3], [2, 2], [40]])), axisOf(d, x));
  },
  function scatterAdd(d) {
    const x = ranked(d, isNumeric);
    const axis = axisOf(d, x);
    const places = d.pick([[3], [3], [2, 2], [40]]);
    const shape = [...x.shape.slice(0, axis), ...places, ...x.shape.slice(axis + 1)];
    if (sizeOf(shape) > d.maxSize) return d.fail();
    return d.emit("scatterAdd", [x, d.input("i32", places), d.input(x.dtype as "f32", shape)], { axis });
  },
  function gatherElements(d) {
    const x = ranked(d);
    const axis = axisOf(d, x);
    const shape = x.shape.map((size, i) => (i === axis ? d.pick([1, 2, size]) : size));
    return d.emit("gatherElements", [x, d.input("i32", shape)], { axis });
  },
  function scatterAddElements(d) {
    const x = ranked(d, isNumeric);
    const axis = axisOf(d, x);
    const shape = x.shape.map((size, i) => (i === axis ? d.pick([1, 3, size]) : size));
    const updates = d.some((y) => y.dtype === x.dtype && y.shape.join() === shape.join());
    const added = updates ?? d.input(x.dtype as "f32", shape);
    return d.emit("scatterAddElements", [x, d.input("i32", shape), added], { axis });
  },
  function dynamicSlice(d) {
    const x = ranked(d);
    const sizes = x.shape.map((size) => size - d.below(Math.min(size, 2) + 1));
    return d.emit("dynamicSlice", [x, d.input("i32", [x.shape.length])], { sizes });
  },
  function dynamicUpdateSlice(d) {
    const x = ranked(d);
    const update = d.input(
      x.dtype as "f32",
      x.shape.map((size) => (d.chance(0.4) ? size : d.below(size + 1))),
    );
    return d.emit("dynamicUpdateSlice", [x, update, d.input("i32", [x.shape.length])], {});
  },
  function argmax(d) {
    const x = ranked(d, isNumeric);
    const options = { axis: axisOf(d, x), keepDims: d.chance(0.5) };
    return d.chance(0.6) ? d.ops.argmax(x, options) : composite.argmin(d.ops, x, options);
  },
  function argsort(d) {
    const x = ranked(d, isNumeric);
    return d.emit("argsort", [x], { axis: axisOf(d, x), descending: d.chance(0.5) });
  },
  function sort(d) {
    const x = ranked(d, isNumeric);
    return composite.sort(d.ops, x, { axis: axisOf(d, x), descending: d.chance(0.5) });
  },
  function topK(d) {
    const x = ranked(d, isNumeric);
    const axis = axisOf(d, x);
    const { values, indices } = composite.topK(d.ops, x, d.below(Math.min(x.shape[axis]!, 5) + 1), axis);
    return [values, indices];
  },
];

/** What one of the primitives with kernels of their own adds. */
export function kernel(d: Draw): readonly Value[] {
  const grown = d.pick(kernels)(d);
  return "prim" in grown ? [grown] : grown;
}

/** Random bits, and what is made of them. */
export function random(d: Draw): Value {
  const o = d.ops;
  const key = d.input("i32", [2]);
  const stream = d.below(3);
  const x = d.some((value) => value.dtype === "f32") ?? d.fail();
  switch (d.pick(["bits", "uniform", "dropout", "normal"])) {
    case "bits":
      return d.emit("randomBits", [key], { shape: x.shape, bits: d.pick([1, 8, 24, 31, 32]), stream });
    case "uniform":
      return composite.randomUniform(o, key, x.shape, stream);
    case "dropout": {
      const rate = d.pick([0.1, 0.5]);
      return o.where(o.lt(composite.randomUniform(o, key, x.shape, stream), rate), 0, o.div(x, 1 - rate));
    }
    default: {
      const [low, turn] = composite.split(o, composite.randomUniform(o, key, [...x.shape, 2], stream), 2, -1);
      const arithmetic = {
        constant: (number: number) => o.scalar(number, "f32"),
        add: (a: Value, b: Value) => o.add(a, b),
        sub: (a: Value, b: Value) => o.sub(a, b),
        mul: (a: Value, b: Value) => o.mul(a, b),
        div: (a: Value, b: Value) => o.div(a, b),
        sqrt: (a: Value) => o.sqrt(a),
        ifLess: (a: Value, b: Value, then: Value, otherwise: Value) => o.where(o.lt(a, b), then, otherwise),
      };
      return o.reshape(normalFrom(arithmetic, o.add(low!, 2 ** -24), turn!), x.shape);
    }
  }
}
