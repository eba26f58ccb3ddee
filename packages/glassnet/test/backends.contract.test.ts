import { describe, expect, test } from "vitest";
import type { Device } from "../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { runPrimitive } from "../src/backends/reference/kernels.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import type { ArrayData } from "../src/core/array.ts";
import type { TypedArray } from "../src/core/dtype.ts";
import type { Value, ValueOf } from "../src/ir/graph.ts";
import type { Attrs, Inputs, PrimName } from "../src/ir/prim.ts";
import { contracts, infer } from "../src/ops/all.ts";
import { buildProgram } from "../src/program/build.ts";
import type { Program, Source } from "../src/program/program.ts";
import { type AnySample, samplesOf } from "./samples.ts";

/**
 * @file Every sample of every primitive on every backend, against the reference. The reference keeps f64 in between and
 * rounds once; the kernels compute in f32.
 */

/** Each instruction set that the add-on was built for and the processor has. */
const native = ["avx512", "avx2", "sse2", "neon"].flatMap((variant) =>
  nativeGap({ variant }) === undefined
    ? [1, 2].map((threads) => [`native, ${variant}, ${threads}`, openNativeSync({ variant, threads })] as const)
    : [],
);

const devices: readonly (readonly [string, Device])[] = [
  ...native,
  ["wasm", await openWasm({ relaxed: false })],
  ["wasm, relaxed", await openWasm({ relaxed: true })],
];

const computed = (Object.keys(contracts) as PrimName[]).filter((prim) => prim !== "input" && prim !== "constant");

/** A program of one primitive, its operands fed. */
function programOf({ prim, inputs, attrs }: AnySample): { program: Program; feeds: Record<string, TypedArray> } {
  const sources = new Map<ValueOf<"input">, Source>();
  const feeds: Record<string, TypedArray> = {};
  const operands = (inputs as readonly ArrayData[]).map(({ dtype, shape, data }, i): Value => {
    const name = `operand ${i}`;
    const value: ValueOf<"input"> = {
      prim: "input",
      inputs: [],
      attrs: { dtype, shape, name },
      dtype,
      shape,
      scope: "",
    };
    sources.set(value, { kind: "feed", name });
    feeds[name] = data;
    return value;
  });
  const { dtype, shape } = infer(prim, operands as never, attrs as never);
  const value = { prim, inputs: operands, attrs, dtype, shape, scope: "" } as unknown as Value;
  return { program: buildProgram({ sources, outputs: { result: value } }), feeds };
}

/**
 * How far a kernel may be off, in units of the last place. Elementwise functions are within 3 (`kernels/math.h`). A sum may be
 * off by a unit of the sum of its terms' magnitudes for each term, so that is the measure for sums.
 */
function toleranceOf({ prim, inputs }: AnySample): { relative: number; absolute: number } {
  const operands = inputs as readonly ArrayData[];
  const largest = (data: TypedArray) => Math.max(0, ...Array.from(data, Math.abs).filter(Number.isFinite));
  const isSum = /^(sum|prod|matmul|conv2d|scatterAdd)/.test(prim);
  const terms = Math.max(1, ...operands.map(({ data }) => data.length));
  const term = operands.reduce((product, { data }) => product * largest(data), 1);
  return { relative: 3 * 2 ** -23, absolute: isSum ? terms * term * 2 ** -23 : 2 ** -149 };
}

describe.each(devices)("%s", (_, device) => {
  const samples = computed.flatMap((prim) =>
    samplesOf(prim).map((sample) => [`${prim}: ${sample.title}`, sample] as const),
  );
  const able = samples.filter(([, { inputs, attrs }]) => !JSON.stringify([inputs, attrs]).includes('"f64"'));

  test.each(able)("%s", async (__, sample) => {
    const { program, feeds } = programOf(sample);
    const expected = runPrimitive(
      sample.prim,
      sample.inputs as Inputs<PrimName, ArrayData>,
      sample.attrs as Attrs<PrimName>,
    );
    const loaded = await device.load(program);
    const { outputs } = await device.run(loaded, { steps: 1, feeds });
    await device.unload(loaded);
    const got = outputs.result!;
    expect(got.constructor).toBe(expected.data.constructor);
    expect(got.length).toBe(expected.data.length);
    const { relative, absolute } = toleranceOf(sample);
    expected.data.forEach((value, i) => {
      const isClose = Object.is(got[i], value) || Math.abs(got[i]! - value) <= absolute + relative * Math.abs(value);
      if (!isClose) expect.fail(`element ${i} is ${got[i]}, expected ${value}`);
    });
  });
});
