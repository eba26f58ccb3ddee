import type { ArrayData } from "./array.ts";
import { allocate } from "./dtype.ts";
import { DtypeError, GraphError, UsageError } from "./errors.ts";
import { normalFrom, numberArithmetic } from "./normal.ts";
import { checkShape, type Shape, sizeOf } from "./shape.ts";

/**
 * Threefry-2x32 with 20 rounds: 64 random bits that are a function of a key and a counter alone, written to two words of
 * `out`, from word `at` on.
 *
 * @see Salmon, Moraes, Dror, Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
 */
export function threefry2x32(
  k0: number,
  k1: number,
  c0: number,
  c1: number,
  out: Uint32Array | Int32Array,
  at = 0,
): void {
  let [a, b, c] = [k0 | 0, k1 | 0, 0x1bd11bda ^ k0 ^ k1]; // the key, turned by one word each four rounds
  let x = (c0 + a) | 0;
  let y = (c1 + b) | 0;
  for (let group = 1; group <= 5; group++) {
    const odd = (group & 1) === 1;
    x = (x + y) | 0;
    y = (odd ? (y << 13) | (y >>> 19) : (y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = (odd ? (y << 15) | (y >>> 17) : (y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = (odd ? (y << 26) | (y >>> 6) : (y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = (odd ? (y << 6) | (y >>> 26) : (y << 24) | (y >>> 8)) ^ x;
    const first = a;
    a = b;
    b = c;
    c = first;
    x = (x + a) | 0;
    y = (y + b + group) | 0;
  }
  out[at] = x;
  out[at + 1] = y;
}

// The second word of a counter says what the bits are for. Draws count blocks up to 2^53, so theirs stays below 2^21.
const STEP = 0x73746570;
const CHILD = 0x73706c74;
const FOLD_NUMBER = 0x666f6c64;
const FOLD_TEXT = 0x70617468;

/** The key of one training step, for the random operations of a program. */
export function stepKey(seed: number, step: number): Int32Array {
  const key = new Int32Array(2);
  writeStepKeys(seed, step, key);
  return key;
}

/** The keys of steps `first`, `first` + 1 and so on, two words each, as many as there is room for. */
export function writeStepKeys(seed: number, first: number, keys: Int32Array): void {
  const [k0, k1] = seedWords("stepKey", seed);
  const count = keys.length / 2;
  checkWhole("stepKey", "step", first + count - 1, 0, 2 ** 32 - 1);
  for (let i = 0; i < count; i++) threefry2x32(k0, k1, first + i, STEP, keys, 2 * i);
}

/** 32 bits of a text, such as the path of a layer: FNV-1a over its UTF-8 bytes. */
export function hashPath(path: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(path)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

let forbidden = 0;

/**
 * Runs `fn` with all streams closed: what is drawn while a function is traced would be drawn once and be a constant of
 * the program from then on.
 */
export function withoutDrawing<R>(fn: () => R): R {
  forbidden++;
  try {
    return fn();
  } finally {
    forbidden--;
  }
}

/**
 * A stream of random numbers for use outside traces; drawing from it inside one throws a GraphError. The same seed gives the same bits on every machine.
 *
 * @example
 * const rng = Rng.seeded(7);
 * rng.normal([2, 3]); // { dtype: "f32", shape: [2, 3], data: Float32Array(6) }
 */
export class Rng {
  readonly #key: readonly [number, number];
  readonly #block = new Uint32Array(2);
  #drawn = 0; // words, two a block
  #children = 0;

  /** A stream from 64 bits, given as two words; see `Rng.seeded`. */
  constructor(key: ArrayLike<number>) {
    this.#key = [key[0]! | 0, key[1]! | 0];
  }

  /** @throws UsageError unless the seed is a whole number from 0 to 2^53 - 1. */
  static seeded(seed: number): Rng {
    return new Rng(seedWords("Rng", seed));
  }

  /** One number in [0, 1), a multiple of 2^-53. */
  next(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /** Numbers from `low` up to `high`; only rounding to `dtype` can reach `high` itself. */
  uniform<D extends "f32" | "f64" = "f32">(shape: Shape, low = 0, high = 1, dtype?: D): ArrayData<D> {
    const where = "Rng.uniform";
    if (!(Number.isFinite(high - low) && low <= high)) {
      throw new UsageError("invalid-option", where, `low must be at most high, both finite, got ${low} and ${high}`, {
        details: { low, high },
      });
    }
    const single = (dtype ?? "f32") === "f32";
    return this.#fill(where, shape, dtype, () => {
      const u = single ? (this.#word() >>> 8) * 2 ** -24 : this.next();
      return low + (high - low) * u;
    });
  }

  /** Normally distributed numbers; the tails end 6.66 standard deviations from the mean. */
  normal<D extends "f32" | "f64" = "f32">(shape: Shape, mean = 0, std = 1, dtype?: D): ArrayData<D> {
    const where = "Rng.normal";
    if (!(Number.isFinite(mean) && Number.isFinite(std) && std >= 0)) {
      const what = `mean must be finite and std finite and at least 0, got ${mean} and ${std}`;
      throw new UsageError("invalid-option", where, what, { details: { mean, std } });
    }
    return this.#fill(where, shape, dtype, () => {
      const u1 = (this.#word() + 1) * 2 ** -32;
      const u2 = this.#word() * 2 ** -32;
      return mean + std * normalFrom(numberArithmetic, u1, u2);
    });
  }

  /** Whole numbers with `low <= x < high`, each equally likely. */
  integers(shape: Shape, low: number, high: number): ArrayData<"i32"> {
    const where = "Rng.integers";
    checkShape(where, shape);
    checkWhole(where, "low", low, -(2 ** 31), 2 ** 31 - 1);
    checkWhole(where, "high", high, low + 1, 2 ** 31);
    const data = new Int32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = low + this.#below(high - low);
    return { dtype: "i32", shape, data };
  }

  /** 0 … n - 1 in random order. */
  permutation(n: number): Int32Array {
    checkWhole("Rng.permutation", "n", n, 0, 2 ** 31 - 1);
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.#below(i + 1);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  /** `n` streams independent of this one, of each other and of those that earlier calls made. */
  split(n: number): Rng[] {
    checkWhole("Rng.split", "n", n, 0, 2 ** 32 - this.#children);
    return Array.from({ length: n }, () => this.#derive(this.#children++, CHILD));
  }

  /** The stream that belongs to `data` (a path, an index), however much was drawn from this one. */
  fold(data: number | string): Rng {
    if (typeof data === "string") return this.#derive(hashPath(data), FOLD_TEXT);
    checkWhole("Rng.fold", "data", data, 0, 2 ** 32 - 1);
    return this.#derive(data, FOLD_NUMBER);
  }

  #derive(data: number, purpose: number): Rng {
    threefry2x32(this.#key[0], this.#key[1], data, purpose, this.#block);
    const child = new Rng(this.#block);
    this.#refill();
    return child;
  }

  /** The next 32 bits, as a number of at least 0. */
  #word(): number {
    if (forbidden > 0) {
      throw new GraphError("invalid-graph", "rng", "a random stream cannot be drawn from inside a traced function", {
        help: "use run.key(layer) with randomUniform or randomNormal",
      });
    }
    const at = this.#drawn & 1;
    if (at === 0) this.#refill();
    this.#drawn++;
    return this.#block[at]!;
  }

  #refill(): void {
    const block = Math.floor(this.#drawn / 2);
    threefry2x32(this.#key[0], this.#key[1], block % 2 ** 32, Math.floor(block / 2 ** 32), this.#block);
  }

  /** Words past the last multiple of `n` are drawn again: they would favour small numbers. */
  #below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = this.#word();
      if (word < limit) return word % n;
    }
  }

  #fill<D extends "f32" | "f64">(where: string, shape: Shape, dtype: D | undefined, draw: () => number): ArrayData<D> {
    checkShape(where, shape);
    const type = dtype ?? ("f32" as D);
    if (type !== "f32" && type !== "f64") {
      throw new DtypeError("dtype-mismatch", where, `draws "f32" or "f64", got "${type as string}"`);
    }
    const data = allocate(type, sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = draw();
    return { dtype: type, shape, data };
  }
}

function seedWords(where: string, seed: number): [number, number] {
  checkWhole(where, "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  return [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
}

function checkWhole(where: string, name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const what = `${name} must be a whole number from ${min} to ${max}, got ${value}`;
  throw new UsageError("invalid-option", where, what, { details: { [name]: value } });
}
