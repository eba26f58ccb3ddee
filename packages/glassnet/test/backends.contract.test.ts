import { describe, expect, test } from "vitest";
import type { Device } from "../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { runPrimitive } from "../src/backends/reference/kernels.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import type { ArrayData } from "../src/core/array.ts";
import type { Attrs, Inputs, PrimName } from "../src/ir/prim.ts";
import { ableSamples, programOf, toleranceOf } from "./one-primitive.ts";

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

describe.each(devices)("%s", (_, device) => {
  test.each(ableSamples)("%s", async (__, sample) => {
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
