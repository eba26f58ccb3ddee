import { allocate, type DType, isFloat, promote, type TypedArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { checkNames } from "../core/option.ts";
import {
  formatShape,
  resolveAxes,
  resolveAxis,
  type Shape,
  sameShape,
  sizeOf,
  type TensorType,
} from "../core/shape.ts";
import type { Emitter } from "../ir/builder.ts";
import type { Inputs, PrimName } from "../ir/prim.ts";
import {
  type ArgOptions,
  type Axes,
  argNames,
  type ConvOptions,
  checkRanges,
  convAttrs,
  dtypeOfNumber,
  type Operand,
  type PadOptions,
  type Pair,
  type PoolOptions,
  padNames,
  poolAttrs,
  type ReduceOptions,
  reduceNames,
  type SliceRange,
  type SortOptions,
  sortNames,
} from "./options.ts";

/**
 * @file The operations: one method a primitive. They do what every front end needs before a primitive can be emitted
 * (promote dtypes, turn numbers into constants, resolve negative axes and defaults) and know nothing of what is
 * emitted: graph values for gradients and passes, lazy tensors for users. Compositions are written on top
 * (`composite.ts`), once for both.
 */

type Unary = { [P in PrimName]: Inputs<P, 0> extends readonly [0] ? P : never }[PrimName];
type FloatUnary = Extract<Unary, "exp" | "log" | "sqrt" | "tanh" | "erf" | "sin" | "cos" | "floor">;

/** The operations on one kind of node, `Value` or `Tensor`; see the head of this file. */
export class Ops<V extends TensorType> {
  readonly #emitter: Emitter<V>;

  constructor(emitter: Emitter<V>) {
    this.#emitter = emitter;
  }

  // Sources

  constant(data: TypedArray, dtype: DType, shape: Shape): V {
    return this.#emitter.emit("constant", [], { dtype, shape, data });
  }

  scalar(x: number, dtype: DType = "f32"): V {
    const data = allocate(dtype, 1);
    data[0] = x;
    return this.constant(data, dtype, []);
  }

  /** A tensor filled with one number. */
  full(shape: Shape, x: number, dtype: DType = "f32"): V {
    return this.broadcast(this.scalar(x, dtype), shape);
  }

  iota(shape: Shape, axis: number, dtype: DType = "i32"): V {
    return this.#emitter.emit("iota", [], { dtype, shape, axis: resolveAxis("iota", axis, shape.length) });
  }

  randomBits(key: V, shape: Shape, bits: number, stream: number): V {
    return this.#emitter.emit("randomBits", [key], { shape, bits, stream });
  }

  // Elementwise, one operand

  cast(x: V, dtype: DType): V {
    return x.dtype === dtype ? x : this.#emitter.emit("cast", [x], { dtype });
  }

  stopGradient(x: V): V {
    return this.#emitter.emit("stopGradient", [x], {});
  }

  #numeric(x: V): V {
    return x.dtype === "bool" ? this.cast(x, "i32") : x;
  }

  #float(x: V): V {
    return isFloat(x.dtype) ? x : this.cast(x, "f32");
  }

  #floatUnary(prim: FloatUnary, x: V): V {
    return this.#emitter.emit(prim, [this.#float(x)], {});
  }

  neg(x: V): V {
    return this.#emitter.emit("neg", [x.dtype === "u8" ? this.cast(x, "i32") : this.#numeric(x)], {});
  }
  abs(x: V): V {
    return this.#emitter.emit("abs", [this.#numeric(x)], {});
  }
  sign(x: V): V {
    return this.#emitter.emit("sign", [this.#numeric(x)], {});
  }
  exp(x: V): V {
    return this.#floatUnary("exp", x);
  }
  log(x: V): V {
    return this.#floatUnary("log", x);
  }
  sqrt(x: V): V {
    return this.#floatUnary("sqrt", x);
  }
  tanh(x: V): V {
    return this.#floatUnary("tanh", x);
  }
  erf(x: V): V {
    return this.#floatUnary("erf", x);
  }
  sin(x: V): V {
    return this.#floatUnary("sin", x);
  }
  cos(x: V): V {
    return this.#floatUnary("cos", x);
  }
  floor(x: V): V {
    return this.#floatUnary("floor", x);
  }
  not(x: V): V {
    return this.#emitter.emit("not", [this.cast(x, "bool")], {});
  }

  // Elementwise, two or three operands

  /** Both operands as tensors of the dtype in which they meet, at least `atLeast`. */
  #meet(a: Operand<V>, b: Operand<V>, atLeast: DType): [V, V] {
    const dtypeA = typeof a === "number" ? dtypeOfNumber(a, typeof b === "number" ? "f32" : b.dtype) : a.dtype;
    const dtypeB = typeof b === "number" ? dtypeOfNumber(b, dtypeA) : b.dtype;
    const dtype = promote(promote(dtypeA, dtypeB), atLeast);
    const as = (x: Operand<V>) => (typeof x === "number" ? this.scalar(x, dtype) : this.cast(x, dtype));
    return [as(a), as(b)];
  }

  #arithmetic(prim: "add" | "sub" | "mul" | "mod" | "maximum" | "minimum", a: Operand<V>, b: Operand<V>): V {
    const bools = typeof a !== "number" && a.dtype === "bool" && typeof b !== "number" && b.dtype === "bool";
    return this.#emitter.emit(prim, this.#meet(a, b, bools ? "i32" : "u8"), {});
  }

  add(a: Operand<V>, b: Operand<V>): V {
    return this.#arithmetic("add", a, b);
  }
  sub(a: Operand<V>, b: Operand<V>): V {
    return this.#arithmetic("sub", a, b);
  }
  mul(a: Operand<V>, b: Operand<V>): V {
    return this.#arithmetic("mul", a, b);
  }
  mod(a: Operand<V>, b: Operand<V>): V {
    return this.#arithmetic("mod", a, b);
  }
  maximum(a: Operand<V>, b: Operand<V>): V {
    return this.#arithmetic("maximum", a, b);
  }
  minimum(a: Operand<V>, b: Operand<V>): V {
    return this.#arithmetic("minimum", a, b);
  }
  /** True division: integers give f32. */
  div(a: Operand<V>, b: Operand<V>): V {
    return this.#emitter.emit("div", this.#meet(a, b, "f32"), {});
  }
  /** Integers give f32. */
  pow(a: Operand<V>, b: Operand<V>): V {
    return this.#emitter.emit("pow", this.#meet(a, b, "f32"), {});
  }
  eq(a: Operand<V>, b: Operand<V>): V {
    return this.#emitter.emit("eq", this.#meet(a, b, "bool"), {});
  }
  lt(a: Operand<V>, b: Operand<V>): V {
    return this.#emitter.emit("lt", this.#meet(a, b, "u8"), {});
  }
  le(a: Operand<V>, b: Operand<V>): V {
    return this.#emitter.emit("le", this.#meet(a, b, "u8"), {});
  }
  and(a: V, b: V): V {
    return this.#emitter.emit("and", [this.cast(a, "bool"), this.cast(b, "bool")], {});
  }
  or(a: V, b: V): V {
    return this.#emitter.emit("or", [this.cast(a, "bool"), this.cast(b, "bool")], {});
  }
  where(condition: V, a: Operand<V>, b: Operand<V>): V {
    return this.#emitter.emit("where", [this.cast(condition, "bool"), ...this.#meet(a, b, "bool")], {});
  }

  // Reductions

  #reduce(prim: "sum" | "prod" | "max" | "min", x: V, options: ReduceOptions): V {
    const { axes, keepDims = false } = checkNames(prim, reduceNames, options);
    return this.#emitter.emit(prim, [x], { axes: resolveAxes(prim, axes, x.shape.length), keepDims });
  }

  /** Sums of u8 and bool are i32. */
  sum(x: V, options: ReduceOptions = {}): V {
    return this.#reduce("sum", this.cast(x, promote(x.dtype, "i32")), options);
  }
  /** Products of u8 and bool are i32. */
  prod(x: V, options: ReduceOptions = {}): V {
    return this.#reduce("prod", this.cast(x, promote(x.dtype, "i32")), options);
  }
  max(x: V, options: ReduceOptions = {}): V {
    return this.#reduce("max", this.#numeric(x), options);
  }
  min(x: V, options: ReduceOptions = {}): V {
    return this.#reduce("min", this.#numeric(x), options);
  }
  argmax(x: V, options: ArgOptions = {}): V {
    const { axis = -1, keepDims = false } = checkNames("argmax", argNames, options);
    const resolved = resolveAxis("argmax", axis, x.shape.length);
    return this.#emitter.emit("argmax", [this.#numeric(x)], { axis: resolved, keepDims });
  }

  /** Sums over the axes along which `shape` was stretched to become x's: the adjoint of broadcasting. */
  sumTo(x: V, shape: Shape): V {
    if (sameShape(x.shape, shape)) return x;
    const lead = x.shape.length - shape.length;
    const axes = x.shape.flatMap((n, axis) => (axis < lead || (shape[axis - lead] === 1 && n !== 1) ? [axis] : []));
    return this.reshape(this.#reduce("sum", x, { axes, keepDims: true }), shape);
  }

  // Movement

  /** One size may be -1: it is worked out from the others. */
  reshape(x: V, shape: Shape): V {
    const unknown = shape.indexOf(-1);
    let resolved = shape;
    if (unknown >= 0) {
      const rest = sizeOf(shape.filter((_, i) => i !== unknown));
      const size = sizeOf(x.shape) / rest;
      if (!Number.isInteger(size)) {
        throw new ShapeError(
          "shape-mismatch",
          "reshape",
          `no whole size fits in place of -1 in ${formatShape(shape)}`,
          {
            operands: { x: formatShape(x.shape) },
            details: { from: x.shape, to: shape },
          },
        );
      }
      resolved = shape.map((n, i) => (i === unknown ? size : n));
    }
    return sameShape(x.shape, resolved) ? x : this.#emitter.emit("reshape", [x], { shape: resolved });
  }

  /** Reorders axes by `perm`; without it, reverses them. */
  transpose(x: V, perm?: readonly number[]): V {
    const rank = x.shape.length;
    const resolved = perm?.map((axis) => resolveAxis("transpose", axis, rank)) ?? x.shape.map((_, i) => rank - 1 - i);
    if (resolved.length === rank && resolved.every((axis, i) => axis === i)) return x;
    return this.#emitter.emit("transpose", [x], { perm: resolved });
  }

  /** Swaps the last two axes. */
  swapLast(x: V): V {
    const rank = x.shape.length;
    if (rank < 2) throw new ShapeError("invalid-axis", "swapLast", `needs at least 2 axes, got ${rank}`);
    return this.transpose(x, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
  }

  broadcast(x: V, shape: Shape): V {
    return sameShape(x.shape, shape) ? x : this.#emitter.emit("broadcast", [x], { shape });
  }

  /** Cuts out a range of each of the first axes; bounds count from the end if negative, and are cut to the axis. */
  slice(x: V, ranges: readonly (SliceRange | undefined)[]): V {
    checkRanges(ranges);
    if (ranges.length > x.shape.length) {
      const what = `${ranges.length} ranges for ${x.shape.length} axes`;
      throw new ShapeError("invalid-axis", "slice", what, { operands: { x: formatShape(x.shape) } });
    }
    const bound = (at: number, n: number) => Math.min(Math.max(at < 0 ? at + n : at, 0), n);
    const start = x.shape.map((n, axis) => bound(ranges[axis]?.start ?? 0, n));
    const stop = x.shape.map((n, axis) => Math.max(bound(ranges[axis]?.stop ?? n, n), start[axis]!));
    const step = x.shape.map((_, axis) => ranges[axis]?.step ?? 1);
    if (x.shape.every((n, axis) => start[axis] === 0 && stop[axis] === n && step[axis] === 1)) return x;
    return this.#emitter.emit("slice", [x], { start, stop, step });
  }

  /** Adds `value` around (and between) the elements of each axis. */
  pad(x: V, low: readonly number[], high: readonly number[], options: PadOptions = {}): V {
    const { value = 0, interior } = checkNames("pad", padNames, options);
    const rank = x.shape.length;
    const between = interior ?? x.shape.map(() => 0);
    if (low.length !== rank || high.length !== rank || between.length !== rank) {
      throw new ShapeError("invalid-shape", "pad", `needs one amount for each of ${rank} axes`, {
        operands: { x: formatShape(x.shape), low: formatShape(low), high: formatShape(high) },
      });
    }
    if ([...low, ...high, ...between].every((n) => n === 0)) return x;
    return this.#emitter.emit("pad", [x], { low, high, interior: between, value });
  }

  concat(tensors: readonly V[], axis = 0): V {
    const dtype = tensors.map((x) => x.dtype).reduce(promote, "bool");
    const rank = tensors[0]?.shape.length ?? 1;
    const parts = tensors.map((x) => this.cast(x, dtype));
    return this.#emitter.emit("concat", parts, { axis: resolveAxis("concat", axis, rank) });
  }

  flip(x: V, axes?: Axes): V {
    return this.#emitter.emit("flip", [x], { axes: resolveAxes("flip", axes, x.shape.length) });
  }

  // Products and windows

  /** Matrix product; a rank-1 operand is taken as a row on the left and a column on the right. Integers give f32. */
  matmul(a: V, b: V): V {
    const dtype = promote(promote(a.dtype, b.dtype), "f32");
    const left = a.shape.length === 1 ? this.reshape(a, [1, a.shape[0]!]) : a;
    const right = b.shape.length === 1 ? this.reshape(b, [b.shape[0]!, 1]) : b;
    const product = this.#emitter.emit("matmul", [this.cast(left, dtype), this.cast(right, dtype)], {});
    if (left === a && right === b) return product;
    const batch = product.shape.slice(0, -2);
    const rows = a.shape.length === 1 ? [] : [product.shape.at(-2)!];
    const columns = b.shape.length === 1 ? [] : [product.shape.at(-1)!];
    return this.reshape(product, [...batch, ...rows, ...columns]);
  }

  #floats(a: V, b: V): [V, V] {
    return this.#meet(a, b, "f32");
  }

  conv2d(x: V, kernel: V, options: ConvOptions = {}): V {
    return this.#emitter.emit("conv2d", this.#floats(x, kernel), convAttrs(options));
  }
  conv2dInputGrad(grad: V, kernel: V, inputSize: Pair, options: ConvOptions = {}): V {
    return this.#emitter.emit("conv2dInputGrad", this.#floats(grad, kernel), {
      ...convAttrs(options),
      inputSize,
    });
  }
  conv2dKernelGrad(x: V, grad: V, kernelSize: Pair, options: ConvOptions = {}): V {
    return this.#emitter.emit("conv2dKernelGrad", this.#floats(x, grad), {
      ...convAttrs(options),
      kernelSize,
    });
  }
  maxPool(x: V, options: PoolOptions): V {
    return this.#emitter.emit("maxPool", [this.#float(x)], poolAttrs(options));
  }
  argmaxPool(x: V, options: PoolOptions): V {
    return this.#emitter.emit("argmaxPool", [this.#float(x)], poolAttrs(options));
  }
  sumPool(x: V, options: PoolOptions): V {
    return this.#emitter.emit("sumPool", [this.#float(x)], poolAttrs(options));
  }
  sumPoolGrad(grad: V, inputSize: Pair, options: PoolOptions): V {
    return this.#emitter.emit("sumPoolGrad", [this.#float(grad)], { ...poolAttrs(options), inputSize });
  }

  // Reading and writing by index

  #indices(indices: V): V {
    return isFloat(indices.dtype) ? indices : this.cast(indices, "i32");
  }

  gather(x: V, indices: V, axis = 0): V {
    const resolved = resolveAxis("gather", axis, x.shape.length);
    return this.#emitter.emit("gather", [x, this.#indices(indices)], { axis: resolved });
  }
  scatterAdd(x: V, indices: V, updates: V, axis = 0): V {
    const resolved = resolveAxis("scatterAdd", axis, x.shape.length);
    return this.#emitter.emit("scatterAdd", [x, this.#indices(indices), updates], { axis: resolved });
  }
  gatherElements(x: V, indices: V, axis = -1): V {
    const resolved = resolveAxis("gatherElements", axis, x.shape.length);
    return this.#emitter.emit("gatherElements", [x, this.#indices(indices)], { axis: resolved });
  }
  scatterAddElements(x: V, indices: V, updates: V, axis = -1): V {
    const resolved = resolveAxis("scatterAddElements", axis, x.shape.length);
    return this.#emitter.emit("scatterAddElements", [x, this.#indices(indices), updates], { axis: resolved });
  }
  dynamicSlice(x: V, start: V, sizes: Shape): V {
    return this.#emitter.emit("dynamicSlice", [x, this.#indices(start)], { sizes });
  }
  dynamicUpdateSlice(x: V, update: V, start: V): V {
    return this.#emitter.emit("dynamicUpdateSlice", [x, update, this.#indices(start)], {});
  }
  argsort(x: V, options: SortOptions = {}): V {
    const { axis = -1, descending = false } = checkNames("argsort", sortNames, options);
    return this.#emitter.emit("argsort", [x], { axis: resolveAxis("argsort", axis, x.shape.length), descending });
  }
}
