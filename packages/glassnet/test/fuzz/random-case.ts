import { gradients } from "../../src/autodiff/gradients.ts";
import type { ArrayData } from "../../src/core/array.ts";
import { allocate, type DType, type TypedArray } from "../../src/core/dtype.ts";
import { Rng } from "../../src/core/random.ts";
import { broadcastShapes, type Shape, sameShape, sizeOf } from "../../src/core/shape.ts";
import { GraphBuilder } from "../../src/ir/builder.ts";
import type { Value, ValueOf } from "../../src/ir/graph.ts";
import type { Inputs, PrimName } from "../../src/ir/prim.ts";
import { infer } from "../../src/ops/all.ts";
import * as composite from "../../src/ops/composite.ts";
import { Ops } from "../../src/ops/operations.ts";
import { buildProgram } from "../../src/program/build.ts";
import type { RunRequest, Source } from "../../src/program/program.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { type Draw, kernel, random, windows } from "./random-kernel.ts";
import { rowNumbers, views } from "./random-views.ts";
import { type Bounded, exactly, runBounded } from "./slack.ts";

/**
 * @file Random programs. Every value is computed as it is added, once, so that what leads nowhere is thrown away: numbers
 * that explode, and results that hang on a rounding error.
 */

type Dt = "f32" | "i32" | "u8" | "bool";

const SIZES = [1, 1, 2, 2, 3, 3, 7, 17];
const LARGE_SIZES = [130, 300];
/** Longer than the rows that a block may reduce and use again. */
const LONG_SIZES = [1023, 1024, 4096, 4097, 5000];
/** What numbers may grow to. */
const MAX_NUMBER = 1e6;

const unaryFloat = ["neg", "abs", "sign", "exp", "log", "sqrt", "tanh", "erf", "sin", "cos", "floor"] as const;
const unaryWhole = ["neg", "abs", "sign"] as const;
const arithmetic = ["add", "sub", "mul", "maximum", "minimum"] as const;
const activations = [
  composite.relu,
  composite.sigmoid,
  composite.gelu,
  composite.silu,
  composite.softplus,
  composite.elu,
] as const;

/** Whether a result is worth going on with. */
function isUseful({ dtype, data, slack }: Bounded): boolean {
  let doubtful = 0;
  for (let i = 0; i < data.length; i++) {
    if (dtype === "f32" && !(Math.abs(data[i]!) <= MAX_NUMBER)) return false;
    if (slack[i]! > 0 && !(slack[i]! <= 1e-2 * Math.max(1, Math.abs(data[i]!)))) doubtful++;
  }
  return doubtful * 50 <= data.length;
}

class Generator {
  readonly #rng: Rng;
  readonly #maxSize: number;
  readonly #dims: readonly number[];
  readonly #steps: number;
  /** Whether ranks go beyond the dimensions that blocks have. */
  readonly #isDeep: boolean;
  /** Values to go on from, newest last. */
  readonly #pool: Value[] = [];
  readonly #known = new Map<Value, Bounded>();
  readonly #sources = new Map<ValueOf<"input">, Source>();
  readonly #states = new Map<string, ArrayData>();
  readonly #feeds: Record<string, TypedArray> = {};
  readonly #rows: Record<string, TypedArray> = {};
  readonly #emitter = {
    /** Adds a primitive and computes it. @throws Useless if nothing good comes of it. */
    emit: <P extends PrimName>(prim: P, inputs: Inputs<P, Value>, attrs: object): Value => {
      const value = this.#builder.emit(prim, inputs, attrs as never);
      if (sizeOf(value.shape) > this.#maxSize) throw new Useless();
      const known =
        value.prim === "constant"
          ? exactly({ ...value.attrs } as ArrayData)
          : runBounded(
              prim,
              (inputs as readonly Value[]).map((x) => this.#valueOf(x)),
              attrs,
            );
      if (!isUseful(known)) throw new Useless();
      this.#known.set(value, known);
      return value;
    },
  };
  readonly #builder = new GraphBuilder(infer);
  readonly #ops: Ops<Value> = new Ops<Value>(this.#emitter);

  constructor(seed: number) {
    this.#rng = Rng.seeded(seed);
    const scale = this.#rng.next();
    this.#maxSize = scale < 0.75 ? 600 : scale < 0.9 ? 3000 : scale < 0.97 ? 12_000 : 100_000;
    this.#steps = this.#pick([1, 1, 1, 2, 3]);
    this.#isDeep = this.#chance(0.06);
    const sizes = this.#maxSize > 4000 ? [...SIZES, ...LARGE_SIZES, ...LARGE_SIZES, ...LONG_SIZES] : [...SIZES, 130];
    this.#dims = Array.from({ length: 4 }, () => (this.#chance(0.02) ? 0 : this.#pick(sizes)));
  }

  #chance(p: number): boolean {
    return this.#rng.next() < p;
  }

  #below(n: number): number {
    return Math.floor(this.#rng.next() * n);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #shuffled<T>(list: readonly T[]): T[] {
    return Array.from(this.#rng.permutation(list.length), (i) => list[i]!);
  }

  #valueOf(value: Value): Bounded {
    const known = this.#known.get(value);
    if (known === undefined) throw new Error(`a value of ${value.prim} was not computed`);
    return known;
  }

  /** A value of the pool, rather one of the newest, that fits. */
  #some(fits: (value: Value) => boolean = () => true): Value | undefined {
    const found = this.#pool.filter(fits);
    if (found.length === 0) return undefined;
    return this.#chance(0.6) ? found[found.length - 1 - this.#below(Math.min(3, found.length))] : this.#pick(found);
  }

  #need(fits: (value: Value) => boolean): Value {
    return this.#some(fits) ?? fail();
  }

  #shape(): Shape {
    const rank = this.#isDeep ? 5 + this.#below(5) : this.#pick([0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6]);
    const shape: number[] = [];
    for (let i = 0; i < rank; i++) {
      const size = this.#isDeep ? this.#pick([1, 2, 2, 2, 3]) : this.#chance(0.15) ? 1 : this.#pick(this.#dims);
      shape.push(sizeOf(shape) * size > this.#maxSize ? 1 : size);
    }
    return shape;
  }

  #data(dtype: DType, size: number): TypedArray {
    const data = allocate(dtype, size);
    const style = this.#pick(["halves", "halves", "real", "real", "wide"] as const);
    for (let i = 0; i < size; i++) data[i] = this.#number(dtype, style);
    return data;
  }

  #number(dtype: DType, style: "halves" | "real" | "wide"): number {
    if (dtype === "bool") return this.#below(2);
    if (dtype === "u8") return this.#below(256);
    if (dtype === "i32") {
      return style === "wide" ? Math.floor((this.#rng.next() - 0.5) * 2 ** 32) : this.#below(19) - 9;
    }
    if (style === "halves") return (this.#below(17) - 8) / 2;
    return (this.#rng.next() - 0.5) * (style === "wide" ? 20 : 4);
  }

  #input(dtype: Dt, shape: Shape): Value {
    const kind = this.#pick(["feed", "feed", "row", "constant", "state"] as const);
    const size = sizeOf(shape);
    const name = `${kind}${this.#sources.size}`;
    if (kind === "constant") return this.#ops.constant(this.#data(dtype, size), dtype, shape);
    const input = this.#builder.input({ dtype, shape }, name);
    this.#sources.set(input, { kind, name });
    let data = this.#data(dtype, size);
    if (kind === "feed") this.#feeds[name] = data;
    else if (kind === "state") this.#states.set(name, { dtype, shape, data } as ArrayData);
    else {
      const table = this.#data(dtype, size * this.#steps);
      this.#rows[name] = table;
      data = table.slice(0, size);
    }
    const value = input as Value;
    this.#known.set(value, exactly({ dtype, shape, data } as ArrayData));
    return value;
  }

  /** An operand that broadcasts with x: what is there, or something new. */
  #beside(x: Value): Value {
    const found = this.#chance(0.6) ? this.#some((y) => y.dtype === x.dtype && y !== x && broadcasts(x, y)) : undefined;
    if (found !== undefined) return found;
    if (this.#chance(0.15)) return x;
    const dropped = this.#chance(0.3) ? this.#below(x.shape.length + 1) : 0;
    const shape = x.shape.slice(dropped).map((size) => (this.#chance(0.25) ? 1 : size));
    return this.#input(x.dtype as Dt, shape);
  }

  #axes(rank: number): number[] {
    const axes = Array.from({ length: rank }, (_, i) => i);
    if (rank > 0 && this.#chance(0.4)) return [rank - 1];
    return axes.filter(() => this.#chance(0.5));
  }

  /** One step of growth: the values that it adds to the pool. */
  #grow(): readonly Value[] {
    const o = this.#ops;
    const float = (): Value => this.#need((x) => x.dtype === "f32");
    const any = (): Value => this.#need(() => true);
    const emit = this.#emitter.emit;
    switch (
      this.#pick([
        ...["unary", "unary", "binary", "binary", "binary", "binary", "compare", "where", "cast", "div", "odd"],
        ...["reduce", "reduce", "spread", "center", "movement", "movement", "movement", "matmul", "matmul", "layer"],
        ...[
          "softmax",
          "norm",
          "loss",
          "activation",
          "gradient",
          "kernel",
          "kernel",
          "windows",
          "windows",
          "windows",
          "kernel",
          "windows",
          "random",
          "iota",
          "input",
          "views",
          "rowNumbers",
        ],
      ])
    ) {
      case "unary": {
        const x = this.#need((v) => v.dtype !== "bool");
        const prim = this.#pick<PrimName>(x.dtype === "f32" ? unaryFloat : unaryWhole);
        const isOfPositive = prim === "log" || prim === "sqrt";
        return [emit(prim, [isOfPositive && this.#chance(0.8) ? o.add(o.abs(x), 0.5) : x] as never, {})];
      }
      case "binary": {
        const x = this.#need((v) => v.dtype !== "bool");
        return [emit(this.#pick<PrimName>(arithmetic), this.#shuffled([x, this.#beside(x)]) as never, {})];
      }
      case "div": {
        const x = float();
        return [o.div(x, o.add(o.abs(this.#beside(x)), 0.5))];
      }
      case "odd": {
        const x = this.#need((v) => v.dtype !== "bool");
        if (x.dtype === "f32" && this.#chance(0.5)) return [o.pow(o.add(o.abs(x), 0.5), this.#beside(x))];
        return [emit("mod", [x, this.#beside(x)], {})];
      }
      case "compare": {
        const x = any();
        if (x.dtype !== "bool") {
          return [emit(this.#pick<PrimName>(["eq", "lt", "le"]), [x, this.#beside(x)] as never, {})];
        }
        if (this.#chance(0.5)) return [o.not(x)];
        return [emit(this.#pick<PrimName>(["and", "or", "eq"]), [x, this.#beside(x)] as never, {})];
      }
      case "where": {
        const condition = this.#some((x) => x.dtype === "bool") ?? this.#input("bool", this.#shape());
        const a = this.#need((x) => broadcasts(condition, x));
        const b = this.#beside(a);
        return [o.where(condition, a, b)];
      }
      case "cast":
        return [o.cast(any(), this.#pick(["f32", "f32", "i32", "u8", "bool"] as const))];
      case "reduce": {
        const x = this.#need((v) => v.dtype !== "bool");
        const attrs = { axes: this.#axes(x.shape.length), keepDims: this.#chance(0.5) };
        return [emit(this.#pick<PrimName>(["sum", "sum", "max", "min", "prod"]), [x] as never, attrs)];
      }
      case "spread": {
        const x = any();
        const shape = x.shape.map((size) => (size === 1 && this.#chance(0.7) ? this.#pick(this.#dims) : size));
        return [o.broadcast(x, this.#chance(0.3) ? [this.#pick(this.#dims), ...shape] : shape)];
      }
      case "center": {
        const x = float();
        const axes = this.#axes(x.shape.length);
        return [o.mul(o.sub(x, composite.mean(o, x, { axes, keepDims: true })), this.#beside(x))];
      }
      case "movement":
        return [this.#move(any())];
      case "matmul":
        return [this.#product(float())];
      case "layer": {
        const product = this.#product(float());
        const y = o.add(product, this.#input("f32", product.shape.slice(-1)));
        return [this.#pick(activations)(o, y)];
      }
      case "softmax": {
        const x = float();
        if (x.shape.length === 0) return fail();
        return [this.#pick([composite.softmax, composite.logSoftmax])(o, x)];
      }
      case "norm": {
        const x = float();
        return x.shape.length === 0 || x.shape.at(-1) === 1 ? fail() : [composite.layerNorm(o, x)];
      }
      case "loss": {
        const x = this.#need((v) => v.dtype === "f32" && v.shape.length === 2 && v.shape[1]! > 0);
        const labels = o.cast(this.#input("u8", x.shape.slice(0, 1)), "i32");
        const hot = composite.oneHot(o, o.mod(labels, x.shape[1]!), x.shape[1]!);
        return [o.neg(o.sum(o.mul(hot, composite.logSoftmax(o, x)), { axes: 1 })), labels];
      }
      case "activation":
        return [this.#pick(activations)(o, float())];
      case "gradient": {
        const y = float();
        const wrt = this.#shuffled(this.#pool.filter((x) => x.dtype === "f32" && x !== y)).slice(0, 2);
        const seed = o.broadcast(this.#input("f32", []), y.shape);
        const builder = Object.assign(new GraphBuilder(infer), this.#emitter);
        return gradients(builder, [y], [seed], wrt).filter((g) => g !== null);
      }
      case "kernel":
        return kernel(this.#draw);
      case "windows":
        return [windows(this.#draw)];
      case "random":
        return [random(this.#draw)];
      case "views":
        return views(this.#draw);
      case "rowNumbers":
        return rowNumbers(this.#draw);
      case "iota": {
        const shape = this.#shape();
        return shape.length === 0
          ? fail()
          : [o.iota(shape, this.#below(shape.length), this.#pick(["i32", "f32", "u8"]))];
      }
      default:
        return [this.#input(this.#pick(["f32", "f32", "f32", "i32", "u8", "bool"] as const), this.#shape())];
    }
  }

  #move(x: Value): Value {
    const o = this.#ops;
    const { shape } = x;
    switch (this.#pick(["transpose", "transpose", "reshape", "reshape", "slice", "flip", "stopGradient"])) {
      case "transpose":
        return o.transpose(x, this.#shuffled(shape.map((_, i) => i)));
      case "reshape":
        return o.reshape(x, this.#otherShape(sizeOf(shape)));
      case "slice": {
        const start = shape.map((size) => this.#below(Math.min(size, 3) + 1));
        const stop = shape.map((size, i) => Math.max(start[i]!, size - this.#below(3)));
        const step = shape.map(() => this.#pick([1, 1, 1, 2, 3]));
        return this.#emitter.emit("slice", [x], { start, stop, step });
      }
      case "flip":
        return this.#emitter.emit("flip", [x], { axes: shape.flatMap((_, i) => (this.#chance(0.5) ? [i] : [])) });
      default:
        return o.stopGradient(x);
    }
  }

  #otherShape(size: number): Shape {
    if (size === 0) return this.#shuffled([0, this.#pick(this.#dims), 2]);
    const shape: number[] = [];
    let rest = size;
    while (rest > 1 && shape.length < 5) {
      const divisors = [2, 3, 7, 17, 130, 300, rest].filter((d) => rest % d === 0);
      const d = this.#pick(divisors);
      shape.push(d);
      rest /= d;
    }
    if (rest > 1) shape.push(rest);
    if (this.#chance(0.3) && shape.length < 6) shape.splice(this.#below(shape.length + 1), 0, 1);
    return this.#shuffled(shape);
  }

  #product(x: Value): Value {
    const o = this.#ops;
    if (x.shape.length < 2) return fail();
    const a = this.#chance(0.25) ? this.#swapLast(x) : x;
    const k = a.shape.at(-1)!;
    const other = this.#some((y) => y.dtype === "f32" && y.shape.length === 2 && y.shape.includes(k));
    if (other !== undefined && this.#chance(0.5))
      return o.matmul(a, other.shape[0] === k ? other : this.#swapLast(other));
    const n = this.#pick([1, 7, 16, ...this.#dims]);
    const batch = this.#chance(0.3) ? a.shape.slice(0, -2).map((size) => (this.#chance(0.5) ? 1 : size)) : [];
    if (this.#chance(0.4)) return o.matmul(a, this.#swapLast(this.#input("f32", [...batch, n, k])));
    return o.matmul(a, this.#input("f32", [...batch, k, n]));
  }

  #swapLast(x: Value): Value {
    const perm = x.shape.map((_, i) => i);
    return this.#ops.transpose(x, [...perm.slice(0, -2), perm.at(-1)!, perm.at(-2)!]);
  }

  /** What the growth of kernels draws on. */
  get #draw(): Draw {
    return {
      ...{ ops: this.#ops, maxSize: this.#maxSize, emit: this.#emitter.emit, fail },
      below: (n) => this.#below(n),
      chance: (p) => this.#chance(p),
      pick: (list) => this.#pick(list),
      shuffled: (list) => this.#shuffled(list),
      some: (fits) => this.#some(fits),
      all: (fits) => this.#pool.filter(fits),
      input: (dtype, shape) => this.#input(dtype, shape),
    };
  }

  make(): FuzzCase {
    const length = 3 + this.#below(38);
    for (let i = 0; i < 2 + this.#below(3); i++)
      this.#pool.push(this.#input(i === 0 ? "f32" : this.#pick(["f32", "i32", "u8", "bool"] as const), this.#shape()));
    const begin = this.#known.size;
    for (let tries = 0; this.#known.size - begin < length && tries < 4 * length; tries++) {
      try {
        this.#pool.push(...this.#grow());
      } catch (error) {
        if (!(error instanceof Useless) && (error as Error).name !== "ShapeError") throw error;
      }
    }
    return this.#finish();
  }

  /** Decides what becomes of the values. */
  #finish(): FuzzCase {
    const values = this.#pool;
    const outputs: Record<string, Value> = {};
    const perStep: Record<string, Value> = {};
    const keepsAll = this.#chance(0.15); // what is kept has a slot for itself
    const newest = keepsAll ? values : values.slice(-6);
    newest.forEach((value, i) => {
      if (keepsAll || i === newest.length - 1 || this.#chance(0.7)) outputs[`o${i}`] = value;
    });
    if (this.#chance(0.3)) outputs.any = this.#pick(values);
    if (this.#chance(0.3)) perStep.some = this.#pick(values);
    if (this.#chance(0.2)) perStep.last = values.at(-1)!;
    const guard = values.filter((x) => x.dtype === "f32" && this.#chance(0.05));
    const writes = this.#writes();
    this.#spoil(guard);
    const program = buildProgram({ sources: this.#sources, writes, guard, perStep, outputs });
    const request = (steps: number): RunRequest => {
      const cut = ([name, data]: readonly [string, TypedArray]) =>
        [name, data.slice(0, (data.length / this.#steps) * steps)] as const;
      return { steps, feeds: this.#feeds, rows: Object.fromEntries(Object.entries(this.#rows).map(cut)) };
    };
    const used = new Set(program.buffers.flatMap(({ source }) => ("name" in source ? [source.name] : [])));
    const only = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(Object.entries(entries).filter(([name]) => used.has(name)));
    const requests = [request(this.#steps), request(1 + this.#below(this.#steps))].map(({ steps, feeds, rows }) => ({
      steps,
      feeds: only(feeds ?? {}),
      rows: only(rows ?? {}),
    }));
    return { program, states: new Map([...this.#states].filter(([name]) => used.has(name))), requests };
  }

  #writes(): { state: ValueOf<"input">; value: Value }[] {
    const states = [...this.#sources].filter(([, { kind }]) => kind === "state").map(([input]) => input);
    const isLike = (state: Value) => (x: Value) => x.dtype === state.dtype && sameShape(x.shape, state.shape);
    return states.flatMap((state) => {
      if (this.#chance(0.2)) return [];
      const value = this.#chance(0.6)
        ? this.#some(isLike(state))
        : this.#chance(0.5)
          ? this.#pick(states.filter(isLike(state)))
          : [...this.#sources.keys()].find(isLike(state));
      if (value !== undefined) return [{ state, value: value as Value }];
      return [{ state, value: this.#builder.emit("flip", [state], { axes: state.shape.map((_, axis) => axis) }) }];
    });
  }

  /** Lets some guards close: puts an infinity into a row that is guarded. */
  #spoil(guard: Value[]): void {
    if (!this.#chance(0.15)) return;
    const rows = [...this.#sources].filter(
      ([{ dtype, shape }, { kind }]) => kind === "row" && dtype === "f32" && sizeOf(shape) > 0,
    );
    if (rows.length === 0) return;
    const [input, source] = this.#pick(rows);
    const table = this.#rows[(source as { name: string }).name]!;
    table[table.length - 1 - this.#below(Math.min(3, table.length))] = this.#pick([
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
    guard.push(input as Value);
  }
}

/** Growth that led nowhere. */
class Useless extends Error {}

const fail = (): never => {
  throw new Useless();
};

function broadcasts(a: Value, b: Value): boolean {
  try {
    broadcastShapes("", a.shape, b.shape);
    return true;
  } catch {
    return false;
  }
}

/** The case of a seed. */
export const randomCase = (seed: number): FuzzCase => new Generator(seed).make();
