import { describe, expect, test } from "vitest";
import type { Device } from "../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import { ableSamples, expectedOf, programOf } from "./one-primitive.ts";
import { faultOf } from "./tolerances.ts";
import { tellOfMissingForms, wasmForms } from "./wasm-forms.ts";

/**
 * @file Every sample of every primitive on every backend, against the reference. The reference keeps f64 in between and
 * rounds once; the kernels compute in f32. How far they may be apart is in `tolerances.ts`.
 */

tellOfMissingForms();

/** Each instruction set that the add-on was built for and the processor has. */
const native = ["avx512", "avx2", "sse2", "neon"].flatMap((variant) =>
  nativeGap({ variant }) === undefined
    ? [1, 2].map((threads) => [`native, ${variant}, ${threads}`, openNativeSync({ variant, threads })] as const)
    : [],
);

const devices: readonly (readonly [string, Device])[] = [
  ...native,
  ...(await Promise.all(wasmForms.map(async ({ title, relaxed }) => [title, await openWasm({ relaxed })] as const))),
];

describe.each(devices)("%s", (_, device) => {
  test.each(ableSamples)("%s", async (__, sample) => {
    const { program, feeds } = programOf(sample);
    const loaded = await device.load(program);
    const { outputs } = await device.run(loaded, { steps: 1, feeds });
    await device.unload(loaded);
    expect(faultOf(outputs.result!, sample, expectedOf(sample))).toBeUndefined();
  });
});
