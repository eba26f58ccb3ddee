import { readFileSync } from "node:fs";
import type { Device } from "../src/backends/backend.ts";
import { erf } from "../src/backends/reference/erf.ts";
import { Rng } from "../src/core/random.ts";
import { compile } from "../src/tensor/compile.ts";
import { fromArray } from "../src/tensor/create.ts";
import * as F from "../src/tensor/functions.ts";
import type { Tensor } from "../src/tensor/tensor.ts";

/** @file How far the kernels' functions are from the exact results, in units of the last place as f32. */

/** What a function may be off by, with fused products and without. */
export interface Accuracy {
  readonly fused: number;
  readonly unfused: number;
}

/** The table of `kernels/test/accuracy.h`. */
export const accuracies: Readonly<Record<string, Accuracy>> = Object.fromEntries(
  [
    ...readFileSync(new URL("../kernels/test/accuracy.h", import.meta.url), "utf8").matchAll(
      /^ {2}X\((\w+), ([\d.]+), ([\d.]+)\)/gm,
    ),
  ].map(([, name, fused, unfused]) => [name!, { fused: Number(fused), unfused: Number(unfused) }]),
);

/** What a function may be off by: on any build, or on that of a variant. */
export function accuracyOf(name: string, variant?: string): number {
  const found = accuracies[name];
  if (found === undefined) throw new Error(`kernels/test/accuracy.h has no ${name}`);
  const { fused, unfused } = found;
  if (variant === "simd" || variant === "sse2") return unfused;
  if (variant !== undefined && /^(avx2|avx512|neon)$/.test(variant)) return fused;
  return Math.max(fused, unfused); // the processor decides
}

const word = new DataView(new ArrayBuffer(8));

/** The unit of the last place of a number as f32; of an infinity 0. */
export function ulpOf(x: number): number {
  if (!Number.isFinite(x)) return 0;
  word.setFloat64(0, x);
  const exponent = ((word.getUint16(0) >>> 4) & 2047) - 1023;
  return 2 ** (Math.min(127, Math.max(-126, exponent)) - 23);
}

/** An infinity stands where the next number would. */
const bounded = (x: number): number => (Math.abs(x) > 2 ** 128 ? Math.sign(x) * 2 ** 128 : x);

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);

/** Distance in units of the last place of `exact`; infinite if one of the two is NaN or the signs differ. */
export function ulpsBetween(got: number, exact: number): number {
  if (Number.isNaN(got) && Number.isNaN(exact)) return 0;
  if (Number.isNaN(got) || Number.isNaN(exact) || isNegative(got) !== isNegative(exact))
    return Number.POSITIVE_INFINITY;
  const [x, y] = [bounded(got), bounded(exact)];
  return Math.abs(x - y) / ulpOf(y);
}

interface OneOperand {
  readonly fn: (x: Tensor) => Tensor;
  readonly exact: (x: number) => number;
}

interface TwoOperands {
  readonly fn: (x: Tensor, y: Tensor) => Tensor;
  readonly exact: (x: number, y: number) => number;
}

/** As `src/backends/reference/binary.ts` has it. */
function remainder(a: number, b: number): number {
  const r = a % b;
  if (r === 0) return b < 0 ? -0 : 0;
  return r < 0 === b < 0 ? r : r + b;
}

/** Functions as users call them, beside those of f64, whose own error is 2⁻²⁸ of a unit here. */
const ofOne: Readonly<Record<string, OneOperand>> = {
  exp: { fn: F.exp, exact: Math.exp },
  log: { fn: F.log, exact: Math.log },
  tanh: { fn: F.tanh, exact: Math.tanh },
  erf: { fn: F.erf, exact: erf },
  sigmoid: { fn: F.sigmoid, exact: (x) => 1 / (1 + Math.exp(-x)) },
  sin: { fn: F.sin, exact: Math.sin },
  cos: { fn: F.cos, exact: Math.cos },
  sqrt: { fn: F.sqrt, exact: Math.sqrt },
};

const ofTwo: Readonly<Record<string, TwoOperands>> = {
  pow: { fn: F.pow, exact: (x, y) => x ** y },
  mod: { fn: F.mod, exact: remainder },
  add: { fn: F.add, exact: (x, y) => x + y },
  mul: { fn: F.mul, exact: (x, y) => x * y },
  div: { fn: F.div, exact: (x, y) => x / y },
};

/** Arguments a call. */
const CHUNK = 2 ** 18;
/** All f32 there are. */
const ALL = 2 ** 32;

/** Each `step`-th of all f32, by their bits; behind the last come the first again. */
function everyNth(step: number, chunk: number, size: number): Float32Array {
  const bits = new Uint32Array(size);
  for (let i = 0; i < size; i++) bits[i] = (chunk * CHUNK + i) * step;
  return new Float32Array(bits.buffer);
}

/** Half of them numbers of any size, half of middling size. */
function drawn(rng: Rng, size: number): Float32Array {
  const half = (): number => Math.floor(rng.next() * 2 ** 16);
  const bits = Uint32Array.from({ length: size }, () => half() * 2 ** 16 + half());
  const numbers = new Float32Array(bits.buffer);
  for (let i = 0; i < size; i += 2) numbers[i] = rng.next() * 32 - 16;
  return numbers;
}

/** Where a function is furthest off. */
export interface Worst {
  readonly name: string;
  readonly ulps: number;
  readonly at: string;
}

type Call = (...xs: readonly Float32Array[]) => Promise<Float32Array>;

/** Runs a function on whole arrays on a device. */
async function withCall(device: Device, fn: (...xs: Tensor[]) => Tensor, use: (call: Call) => Promise<void>) {
  const compiled = compile(fn, { device });
  await use(async (...xs) => {
    const tensors = xs.map((data) => fromArray({ dtype: "f32", shape: [data.length], data }));
    return (await (await compiled(...tensors)).data()) as Float32Array;
  });
  await compiled.release();
}

/** Measures all functions on a device, at each `step`-th of all f32, or at an eighth as many random pairs. */
export async function measureAccuracy(device: Device, step: number): Promise<readonly Worst[]> {
  const count = Math.ceil(ALL / step);
  const found: Worst[] = [];
  for (const [name, { fn, exact }] of Object.entries(ofOne)) {
    let worst: Worst = { name, ulps: -1, at: "" };
    await withCall(
      device,
      (x) => fn(x!),
      async (call) => {
        for (let chunk = 0; chunk * CHUNK < count; chunk++) {
          const xs = everyNth(step, chunk, Math.min(CHUNK, count));
          const got = await call(xs);
          for (let i = 0; i < xs.length; i++) {
            const ulps = ulpsBetween(got[i]!, exact(xs[i]!));
            if (ulps > worst.ulps) worst = { name, ulps, at: `${name}(${xs[i]}) is ${got[i]}` };
          }
        }
      },
    );
    found.push(worst);
  }
  for (const [name, { fn, exact }] of Object.entries(ofTwo)) {
    const rng = Rng.seeded(8);
    let worst: Worst = { name, ulps: -1, at: "" };
    await withCall(
      device,
      (x, y) => fn(x!, y!),
      async (call) => {
        for (let chunk = 0; chunk * CHUNK < count / 8; chunk++) {
          const size = Math.min(CHUNK, count);
          const [xs, ys] = [drawn(rng, size), drawn(rng, size)];
          const got = await call(xs, ys);
          for (let i = 0; i < size; i++) {
            const ulps = ulpsBetween(got[i]!, exact(xs[i]!, ys[i]!));
            if (ulps > worst.ulps) worst = { name, ulps, at: `${name}(${xs[i]}, ${ys[i]}) is ${got[i]}` };
          }
        }
      },
    );
    found.push(worst);
  }
  return found;
}

/** Where two devices first differ, at each `step`-th of all f32. */
export async function differenceOf(
  one: Device,
  other: Device,
  name: string,
  step: number,
): Promise<string | undefined> {
  const { fn } = ofOne[name]!;
  const count = Math.ceil(ALL / step);
  let found: string | undefined;
  await withCall(
    one,
    (x) => fn(x!),
    async (ofThis) => {
      await withCall(
        other,
        (x) => fn(x!),
        async (ofThat) => {
          for (let chunk = 0; chunk * CHUNK < count && found === undefined; chunk++) {
            const xs = everyNth(step, chunk, Math.min(CHUNK, count));
            const [ys, zs] = [await ofThis(xs), await ofThat(xs)];
            const at = ys.findIndex((y, i) => !Object.is(y, zs[i]));
            if (at >= 0) found = `${name}(${xs[at]}) is ${ys[at]} and ${zs[at]}`;
          }
        },
      );
    },
  );
  return found;
}

export const functionsOfOne = Object.keys(ofOne);
