import type { NativeAddon } from "../../src/backends/native/addon.ts";
import type { ArrayData } from "../../src/core/array.ts";
import type { Value, ValueOf } from "../../src/ir/graph.ts";
import type { PrimName } from "../../src/ir/prim.ts";
import { contracts, infer } from "../../src/ops/all.ts";
import { buildProgram } from "../../src/program/build.ts";
import { type Lowered, lowerProgram } from "../../src/program/lower/lower.ts";
import type { Source } from "../../src/program/program.ts";
import { type AnySample, samplesOf } from "../samples.ts";

/**
 * @file Calls of the add-on with arguments that nobody means: programs with some words changed, and values of the wrong
 * kind. It may refuse them, and must not do more than they say.
 */

/** What an accepted program must not touch, around each buffer. */
const GUARD_BYTES = 64;
const GUARD = 0xa5;
/** Programs that would take longer are loaded and not run. */
const MOST_WORK = 2 ** 20;

/** Small and fast, with a state that can be printed. */
function numbersOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) % below;
  };
}

function lower({ prim, inputs, attrs }: AnySample): Lowered {
  const sources = new Map<ValueOf<"input">, Source>();
  const operands = (inputs as readonly ArrayData[]).map(({ dtype, shape }, i): Value => {
    const name = `operand ${i}`;
    const own = { dtype, shape, name };
    const value: ValueOf<"input"> = { prim: "input", inputs: [], attrs: own, dtype, shape, scope: "" };
    sources.set(value, { kind: "feed", name });
    return value;
  });
  const { dtype, shape } = infer(prim, operands as never, attrs as never);
  const value = { prim, inputs: operands, attrs, dtype, shape, scope: "" } as unknown as Value;
  return lowerProgram(buildProgram({ sources, outputs: { result: value } }));
}

/** The programs of all samples of all primitives. */
function wholePrograms(): readonly Lowered[] {
  const prims = (Object.keys(contracts) as PrimName[]).filter((prim) => prim !== "input" && prim !== "constant");
  const samples = prims.flatMap((prim) => samplesOf(prim));
  return samples.filter(({ inputs, attrs }) => !JSON.stringify([inputs, attrs]).includes('"f64"')).map(lower);
}

const EXTREMES = [-(2 ** 31), 2 ** 31 - 1, 2 ** 30, -1, 65_536, 2 ** 24];

/** Roughly how much a step does: blocks and products may go round in small buffers for long. */
function workOf(code: Int32Array): number {
  let work = 0;
  for (let at = 0; at + 3 <= code.length; at += 3 + Math.max(0, code[at + 1]!)) {
    const [from, to] = code[at] === 0 ? [12, 18] : code[at] === 1 ? [3, 7] : [0, 0];
    work += code.subarray(at + from, at + to).reduce((product, size) => product * Math.max(1, size), 1);
  }
  return work;
}

export interface Tally {
  readonly calls: number;
  readonly refused: number;
  /** Programs that were run although words of theirs had changed. */
  readonly run: number;
}

class Fuzz {
  readonly #addon: NativeAddon;
  readonly #below: (below: number) => number;
  readonly #programs = wholePrograms();
  calls = 0;
  refused = 0;
  run = 0;

  constructor(addon: NativeAddon, seed: number) {
    this.#addon = addon;
    this.#below = numbersOf(seed);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  /** A call whose arguments may be refused, and nothing else may be wrong with it. */
  #try<T>(call: () => T): T | undefined {
    this.calls++;
    try {
      return call();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.refused++;
      return undefined;
    }
  }

  #changed(code: Int32Array): Int32Array {
    const words = Int32Array.from(code);
    for (let i = this.#below(4); i > 0 && words.length > 0; i--) {
      const at = this.#below(words.length);
      const kind = this.#below(8);
      if (kind < 3) words[at] = this.#below(72) - 4;
      else if (kind < 5) words[at]! += this.#below(2) * 2 - 1;
      else if (kind < 7) words[at] = this.#pick(words as never);
      else words[at] = this.#pick(EXTREMES);
    }
    return this.#below(50) === 0 ? words.subarray(0, this.#below(words.length + 1)) : words;
  }

  /** A program of a sample, most of them with changes, in memory with guards around each buffer. */
  program(): void {
    const addon = this.#addon;
    const lowered = this.#pick(this.#programs);
    const code = this.#changed(lowered.code);
    const bytes = lowered.buffers.map((buffer) => buffer.bytes);
    const threadBytes = this.#below(8) === 0 ? this.#below(4096) : lowered.threadBytes;
    const sizes = Float64Array.from(bytes);
    const program = this.#try(() => addon.load(code, sizes, new Int32Array(0), new Int32Array(0), threadBytes));
    if (program === undefined) return;
    if (workOf(code) <= MOST_WORK) this.#runGuarded(program, bytes);
    this.calls++;
    addon.release(program);
  }

  #runGuarded(program: number, bytes: readonly number[]): void {
    const addon = this.#addon;
    const starts: number[] = [];
    let end = GUARD_BYTES;
    for (const size of bytes) {
      starts.push(end);
      end += Math.ceil(size / 64) * 64 + GUARD_BYTES;
    }
    const base = addon.allocate(end);
    const before = new Uint8Array(end).fill(GUARD);
    for (const [i, start] of starts.entries()) {
      for (let at = start; at < start + bytes[i]!; at++) before[at] = this.#below(4) === 0 ? this.#below(256) : 0;
    }
    addon.write(base, before);
    const addresses = Float64Array.from(starts, (start) => base + start);
    this.calls += 3;
    const applied = this.#try(() => addon.run(program, addresses, this.#below(3), 1 + this.#below(3)));
    if (applied !== undefined) this.run++;
    const after = new Uint8Array(end);
    addon.read(base, after);
    addon.free(base);
    this.calls += 2;
    for (const [i, start] of starts.entries()) {
      const from = start + bytes[i]!;
      const to = starts[i + 1] ?? end;
      const guards = [...after.subarray(start - GUARD_BYTES, start), ...after.subarray(from, to)];
      if (guards.some((byte) => byte !== GUARD)) throw new Error(`a program wrote beside buffer ${i}`);
    }
  }

  #anything(): unknown {
    const below = this.#below;
    const detached = new Float64Array(4);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    return this.#pick<() => unknown>([
      () => below(2 ** 16),
      () => below(2 ** 32) * below(2 ** 20),
      () => -below(2 ** 32),
      () => Number.NaN,
      () => Number.POSITIVE_INFINITY,
      () => 0.5,
      () => undefined,
      () => null,
      () => "run",
      () => ({}),
      () => 12n,
      () => Symbol("number"),
      () => new Float64Array(below(40)),
      () => Float64Array.from({ length: below(8) }, () => below(2 ** 20)),
      () => new Float32Array(below(40)),
      () => Int32Array.from({ length: below(40) }, () => below(64) - 8),
      () => new Uint8Array(new SharedArrayBuffer(64), 8),
      () => new Uint8Array(Reflect.construct(ArrayBuffer, [16, { maxByteLength: 64 }]) as ArrayBuffer),
      () => new DataView(new ArrayBuffer(8)),
      () => detached,
    ])();
  }

  /** Any function with anything. What it allocates is freed; sizes are such that it may. */
  nonsense(): void {
    const addon = this.#addon;
    const list = Array.from({ length: this.#below(7) }, () => this.#anything());
    const name = this.#pick(["free", "write", "read", "load", "run", "release"] as const);
    const given = this.#try(() => (addon[name] as (...list: unknown[]) => unknown)(...list));
    if (name === "load" && given !== undefined) this.#try(() => addon.release(given as number));
    if (this.#below(4) > 0) return;
    const address = this.#try(() => addon.allocate(this.#anything() as number));
    if (address === undefined || address === 0) return;
    const array = new Uint8Array(this.#below(256));
    this.#try(() => addon.write(address + this.#below(64), array));
    this.#try(() => addon.read(address - this.#below(2), array));
    this.#try(() => addon.free(address + this.#below(2)));
    this.#try(() => addon.free(address));
  }
}

/** At least so many calls. @throws if one does what it must not; the process ends if one does worse. */
export function fuzz(addon: NativeAddon, seed: number, calls: number): Tally {
  const state = new Fuzz(addon, seed);
  try {
    for (let i = 0; state.calls < calls; i++) {
      if (i % 3 === 0) state.nonsense();
      else state.program();
    }
  } catch (cause) {
    throw new Error(`seed ${seed}, after ${state.calls} calls: ${(cause as Error).message}`, { cause });
  }
  return { calls: state.calls, refused: state.refused, run: state.run };
}
