import { SubjectFault } from "../driver/protocol.ts";
import { answerTo } from "../workloads/answer.ts";
import type { Subject } from "./subject.ts";
import { repeat } from "./timing.ts";

/**
 * @file How fast WebAssembly multiplies and adds four numbers at a time, with everything in registers: no product of
 * matrices can be faster. No relaxed operations. The module is put together from bytes, as it is one loop.
 *
 * @see https://webassembly.github.io/spec/core/binary/index.html
 */

/** Numbers that do not wait for each other: as many as fit into 16 registers beside a, b and one for the compiler. */
const SUMS = 13;
const LANES = 4;
/** Multiplications and additions of each sum in one turn of the loop. */
const UNROLL = 8;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;

const SIMD = 0xfd;
/** Operations behind the prefix `SIMD`, as LEB128. */
const F32X4_SPLAT = [SIMD, 0x13];
const F32X4_EXTRACT_LANE_0 = [SIMD, 0x1f, 0];
const F32X4_ADD = [SIMD, 0xe4, 0x01];
const F32X4_MUL = [SIMD, 0xe6, 0x01];

const localGet = (index: number): number[] => [0x20, index];
const localSet = (index: number): number[] => [0x21, index];

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

const vector = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...leb(content.length), ...content];

/**
 * run(turns: i32, a: f32) → f32, which takes `turns` times `SUMS` times `UNROLL` steps sum ← sum · a + b, with b = a. A
 * product that stays the same, such as a · b, would be computed once.
 */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const a = 2; // locals: 0 and 1 are the parameters, then a, b and the sums
  const b = 3;
  const sum = (i: number): number => 4 + i;
  const sums = Array.from({ length: SUMS }, (_, i) => i);
  const step = (i: number): number[] => [
    ...localGet(sum(i)),
    ...localGet(a),
    ...F32X4_MUL,
    ...localGet(b),
    ...F32X4_ADD,
    ...localSet(sum(i)),
  ];
  const total = [...localGet(sum(0)), ...sums.slice(1).flatMap((i) => [...localGet(sum(i)), ...F32X4_ADD])];
  const body = [
    ...[...localGet(1), ...F32X4_SPLAT, ...localSet(a)],
    ...[...localGet(1), ...F32X4_SPLAT, ...localSet(b)],
    ...[0x03, 0x40], // loop
    ...Array.from({ length: UNROLL }, () => sums.flatMap(step)).flat(),
    ...[...localGet(0), 0x41, 1, 0x6b, 0x22, 0], // turns ← turns - 1, kept on the stack
    ...[0x0d, 0, 0x0b], // once more unless it is 0; end
    ...[...total, ...F32X4_EXTRACT_LANE_0, 0x0b],
  ];
  const code = [...vector([[...leb(2 + SUMS), V128]]), ...body];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector([[I32], [F32]]), ...vector([[F32]])]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...vector([..."run"].map((letter) => [letter.charCodeAt(0)])), 0, 0]])),
    ...section(10, vector([[...leb(code.length), ...code]])),
  ]);
}

type Run = (turns: number, a: number) => number;

/** The loop. With a = 1, every one of the sums ends as `turns` times `UNROLL`. */
export async function compileLoop(): Promise<Run> {
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(moduleBytes()));
  return exports.run as Run;
}

export const STEPS_A_TURN = SUMS * UNROLL;

/** Of what compiles the loop. */
function versionOf(): string {
  if (typeof process === "object") return `V8 ${process.versions.v8}`;
  return /Chrome\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? "";
}

export async function open(): Promise<Subject> {
  const run = await compileLoop();
  return {
    description: { version: versionOf() },
    async prepare(workload) {
      if (workload.kind !== "gemm") throw new SubjectFault("unsupported", "products only");
      const turns = Math.max(1, Math.round(workload.n ** 3 / LANES / STEPS_A_TURN));
      const share = workload.n ** 3 / (turns * STEPS_A_TURN * LANES); // of a product, what one call is worth
      return {
        async check() {
          const got = run(1000, 1);
          if (got !== 1000 * STEPS_A_TURN) throw new SubjectFault("wrong", `the loop gave ${got}`);
          return answerTo(workload, {}).values; // it multiplies no matrices
        },
        round: repeat(() => {
          run(turns, 0.5);
          return 1 / share;
        }),
      };
    },
  };
}
