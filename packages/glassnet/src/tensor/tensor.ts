import type { DType, TypedArray } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatTensor } from "../core/format.ts";
import { formatType, type Shape, sizeOf, type TensorType } from "../core/shape.ts";
import type { Attrs, Inputs, PrimName } from "../ir/prim.ts";
import { infer } from "../ops/all.ts";
import * as composite from "../ops/composite.ts";
import { Ops } from "../ops/operations.ts";
import type { Axes, ReduceOptions, SliceRange } from "../ops/options.ts";
import { type ComputeOptions, compute, computeIfLong, computeSync, MAX_PENDING } from "./compute.ts";
import { currentScope, isTracing } from "./trace.ts";
import { Variable } from "./variable.ts";

/** What operations take: a tensor, the tensor in a variable, or a number that adopts its partner's dtype. */
export type TensorLike = Tensor | Variable | number;

/** Nested numbers, as deep as the tensor's rank. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** One axis of an index: a position, a range, or `undefined` for all of it. Negative numbers count from the end. */
export type Index = number | SliceRange | undefined;

/** The computation that makes a tensor which has no value yet. */
interface Recipe {
  readonly prim: PrimName;
  readonly inputs: readonly Tensor[];
  readonly attrs: object;
}

let nextId = 0;

/** The id that the next tensor will get. */
export const upcomingId = (): number => nextId;

const NO_INPUTS: readonly Tensor[] = [];

/**
 * An n-dimensional array: immutable and lazy. Operations build a graph; reading a value runs it, keeps the result and
 * forgets how it came about. Nothing has to be disposed of: values are typed arrays under garbage collection.
 *
 * @example const x = tensor([[1, 2], [3, 4]]); await x.mul(2).sum().item(); // 20
 */
export class Tensor implements TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  /** @internal Rises with every tensor made. */
  readonly id: number = nextId++;
  /** @internal Which part of a model made it. */
  readonly scope: string = currentScope();
  /** @internal Operations pending behind it, counted with repetition: at least as many as there are. */
  readonly pending: number;
  /** @internal The latest id, behind this tensor, at which they were counted exactly. */
  readonly countedAt: number;
  #stored: TypedArray | undefined;
  #recipe: Recipe | undefined;

  /** @internal Use `tensor`, `fromData` or an operation. */
  constructor(type: TensorType, content: TypedArray | Recipe | undefined) {
    this.dtype = type.dtype;
    this.shape = type.shape;
    if (content === undefined || ArrayBuffer.isView(content)) {
      this.#stored = content;
      this.pending = 0;
      this.countedAt = 0;
    } else {
      this.#recipe = content;
      let pending = 1;
      let countedAt = 0;
      for (const input of content.inputs) {
        if (input.#stored !== undefined) continue;
        pending += input.pending;
        countedAt = Math.max(countedAt, input.countedAt);
      }
      // The sum is far too large where much is shared, so it is checked; but not for each tensor of a long computation.
      if (pending > MAX_PENDING && this.id - countedAt >= MAX_PENDING / 10 && !isTracing()) {
        countedAt = this.id;
        pending = computeIfLong(this);
      }
      this.pending = pending;
      this.countedAt = countedAt;
    }
  }

  /** @internal The value, if it is known. */
  get stored(): TypedArray | undefined {
    return this.#stored;
  }
  /** @internal */
  get prim(): PrimName | undefined {
    return this.#recipe?.prim;
  }
  /** @internal */
  get inputs(): readonly Tensor[] {
    return this.#recipe?.inputs ?? NO_INPUTS;
  }
  /** @internal */
  get attrs(): object {
    return this.#recipe?.attrs ?? {};
  }
  /** @internal Takes over the computed value and forgets the operands. */
  settle(data: TypedArray): void {
    this.#stored = data;
    this.#recipe = undefined;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  // Reading

  /** The elements in row-major order: a copy. */
  async data(options?: ComputeOptions): Promise<TypedArray> {
    await compute([this], options);
    return this.#stored!.slice();
  }

  /** The blocking form of `data`. */
  dataSync(options?: ComputeOptions): TypedArray {
    computeSync([this], options);
    return this.#stored!.slice();
  }

  /** The elements as nested arrays; bool as true and false. A rank-0 tensor gives a plain value. */
  async toArray(options?: ComputeOptions): Promise<NestedArray> {
    await compute([this], options);
    return this.#nested();
  }

  /** The blocking form of `toArray`. */
  toArraySync(options?: ComputeOptions): NestedArray {
    computeSync([this], options);
    return this.#nested();
  }

  /** The only element, as a number. @throws ShapeError if there is not exactly one. */
  async item(options?: ComputeOptions): Promise<number> {
    this.#checkSingle();
    await compute([this], options);
    return this.#stored![0]!;
  }

  /** The blocking form of `item`. */
  itemSync(options?: ComputeOptions): number {
    this.#checkSingle();
    computeSync([this], options);
    return this.#stored![0]!;
  }

  #checkSingle(): void {
    if (this.size === 1) return;
    throw new ShapeError("shape-mismatch", "item", `needs exactly one element, got ${this.size}`, {
      operands: { x: formatType(this) },
      help: "use data() or toArray()",
    });
  }

  #nested(): NestedArray {
    const data = this.#stored!;
    const { shape, dtype } = this;
    let at = 0;
    const build = (axis: number): NestedArray => {
      if (axis < shape.length) return Array.from({ length: shape[axis]! }, () => build(axis + 1));
      const x = data[at++]!;
      return dtype === "bool" ? x !== 0 : x;
    };
    return build(0);
  }

  /** The elements, if they are known; the type alone otherwise. Never computes. */
  toString(): string {
    if (this.#stored === undefined) return `${formatType(this)} (not computed)`;
    return formatTensor({ dtype: this.dtype, shape: this.shape, data: this.#stored });
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  // Operations. Each is also a function of the same name; those without a method here are functions only.

  add(other: TensorLike): Tensor {
    return ops.add(this, operand(other));
  }
  sub(other: TensorLike): Tensor {
    return ops.sub(this, operand(other));
  }
  mul(other: TensorLike): Tensor {
    return ops.mul(this, operand(other));
  }
  div(other: TensorLike): Tensor {
    return ops.div(this, operand(other));
  }
  pow(other: TensorLike): Tensor {
    return ops.pow(this, operand(other));
  }
  neg(): Tensor {
    return ops.neg(this);
  }
  abs(): Tensor {
    return ops.abs(this);
  }
  exp(): Tensor {
    return ops.exp(this);
  }
  log(): Tensor {
    return ops.log(this);
  }
  sqrt(): Tensor {
    return ops.sqrt(this);
  }
  square(): Tensor {
    return composite.square(ops, this);
  }
  tanh(): Tensor {
    return ops.tanh(this);
  }
  sigmoid(): Tensor {
    return composite.sigmoid(ops, this);
  }
  relu(): Tensor {
    return composite.relu(ops, this);
  }
  softmax(axis?: number): Tensor {
    return composite.softmax(ops, this, axis);
  }
  logSoftmax(axis?: number): Tensor {
    return composite.logSoftmax(ops, this, axis);
  }
  maximum(other: TensorLike): Tensor {
    return ops.maximum(this, operand(other));
  }
  minimum(other: TensorLike): Tensor {
    return ops.minimum(this, operand(other));
  }
  eq(other: TensorLike): Tensor {
    return ops.eq(this, operand(other));
  }
  ne(other: TensorLike): Tensor {
    return composite.ne(ops, this, operand(other));
  }
  lt(other: TensorLike): Tensor {
    return ops.lt(this, operand(other));
  }
  le(other: TensorLike): Tensor {
    return ops.le(this, operand(other));
  }
  gt(other: TensorLike): Tensor {
    return composite.gt(ops, this, operand(other));
  }
  ge(other: TensorLike): Tensor {
    return composite.ge(ops, this, operand(other));
  }
  sum(options?: ReduceOptions): Tensor {
    return ops.sum(this, options);
  }
  prod(options?: ReduceOptions): Tensor {
    return ops.prod(this, options);
  }
  mean(options?: ReduceOptions): Tensor {
    return composite.mean(ops, this, options);
  }
  variance(options?: composite.VarianceOptions): Tensor {
    return composite.variance(ops, this, options);
  }
  max(options?: ReduceOptions): Tensor {
    return ops.max(this, options);
  }
  min(options?: ReduceOptions): Tensor {
    return ops.min(this, options);
  }
  argmax(options?: { axis?: number | undefined; keepDims?: boolean | undefined }): Tensor {
    return ops.argmax(this, options);
  }
  matmul(other: Tensor | Variable): Tensor {
    return ops.matmul(this, tensorOf(other));
  }
  reshape(shape: Shape): Tensor {
    return ops.reshape(this, shape);
  }
  /** Reorders axes by `perm`; without it, reverses them. */
  transpose(perm?: readonly number[]): Tensor {
    return ops.transpose(this, perm);
  }
  broadcastTo(shape: Shape): Tensor {
    return ops.broadcast(this, shape);
  }
  slice(ranges: readonly (SliceRange | undefined)[]): Tensor {
    return ops.slice(this, ranges);
  }
  flip(axes?: Axes): Tensor {
    return ops.flip(this, axes);
  }
  cast(dtype: DType): Tensor {
    return ops.cast(this, dtype);
  }
  stopGradient(): Tensor {
    return ops.stopGradient(this);
  }

  /**
   * Indexing: a number picks a position and drops the axis, a range cuts, `undefined` keeps all.
   *
   * @throws ShapeError if a position does not exist.
   * @example tensor([[1, 2, 3], [4, 5, 6]]).at(-1, { start: 1 }).toArraySync(); // [5, 6]
   */
  at(...index: readonly Index[]): Tensor {
    if (index.length > this.rank) {
      throw new ShapeError("invalid-axis", "at", `${index.length} indices for ${this.rank} axes`, {
        operands: { x: formatType(this) },
      });
    }
    const ranges = index.map((part, axis): SliceRange | undefined => {
      if (typeof part !== "number") return part;
      const n = this.shape[axis]!;
      if (!Number.isInteger(part) || part < -n || part >= n) {
        const what = `position ${part} does not exist on axis ${axis} of size ${n}`;
        throw new ShapeError("index-out-of-range", "at", what, { operands: { x: formatType(this) } });
      }
      const start = part < 0 ? part + n : part;
      return { start, stop: start + 1 };
    });
    const cut = ops.slice(this, ranges);
    return ops.reshape(
      cut,
      cut.shape.filter((_, axis) => typeof index[axis] !== "number"),
    );
  }
}

function emit<P extends PrimName>(prim: P, inputs: Inputs<P, Tensor>, attrs: Attrs<P>): Tensor {
  const type = infer(prim, inputs as Inputs<P, TensorType>, attrs);
  if (prim === "constant") return new Tensor(type, (attrs as Attrs<"constant">).data);
  return new Tensor(type, { prim, inputs: inputs as readonly Tensor[], attrs });
}

/** The operations on tensors, for compositions. */
export const ops: Ops<Tensor> = /* @__PURE__ */ new Ops<Tensor>({ emit });

/** The tensor itself, or the one in a variable. */
export function tensorOf(x: Tensor | Variable): Tensor {
  return x instanceof Variable ? x.value : x;
}

/** An operand as the operations take it. */
export function operand(x: TensorLike): Tensor | number {
  return x instanceof Variable ? x.value : x;
}

/** A tensor of any operand; a number becomes f32. */
export function toTensor(x: TensorLike): Tensor {
  return typeof x === "number" ? ops.scalar(x) : tensorOf(x);
}
