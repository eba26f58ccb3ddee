import { describe, expect, test } from "vitest";
import { platform } from "#platform";
import type { BlockingDevice } from "../../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../../src/backends/native/open.ts";
import { openWasm } from "../../src/backends/wasm/open.ts";
import type { ResourceError } from "../../src/core/errors.ts";
import { formatBytes } from "../../src/core/format.ts";
import type { Value, ValueOf } from "../../src/ir/graph.ts";
import { infer } from "../../src/ops/all.ts";
import { buildProgram } from "../../src/program/build.ts";
import type { Program, Source } from "../../src/program/program.ts";

/** @file Programs for which there is not memory enough are refused when they are loaded, and nothing else is lost. */

const N = 46_000;
const MATRIX_BYTES = 4 * N * N;

/** Outer products that have to be there at the same time, of 7.9 GiB each. */
function programOf(matrices: number): Program {
  const sources = new Map<ValueOf<"input">, Source>();
  const feed = (name: string, shape: readonly number[]): ValueOf<"input"> => {
    const value: ValueOf<"input"> = {
      prim: "input",
      inputs: [],
      attrs: { dtype: "f32", shape, name },
      dtype: "f32",
      shape,
      scope: "",
    };
    sources.set(value, { kind: "feed", name });
    return value;
  };
  const outputs = Array.from({ length: matrices }, (_, i) => {
    const inputs = [feed(`column ${i}`, [N, 1]), feed(`row ${i}`, [1, N])] as const;
    const value = { prim: "matmul", inputs, attrs: {}, ...infer("matmul", inputs, {}), scope: "" } as Value;
    return [`product ${i}`, value] as const;
  });
  return buildProgram({ sources, outputs: Object.fromEntries(outputs) });
}

function errorOf(device: BlockingDevice, matrices: number): ResourceError {
  try {
    device.sync.load(programOf(matrices));
  } catch (error) {
    return error as ResourceError;
  }
  return expect.fail("it was loaded");
}

/** The device still does what does fit. */
function expectSound(device: BlockingDevice): void {
  device.sync.write("x", { dtype: "f32", shape: [3] }, Float32Array.of(1, 2, 3));
  expect(device.sync.read("x")).toEqual(Float32Array.of(1, 2, 3));
}

describe("a program that needs more memory than there is", () => {
  test.each([1, 2])("in WebAssembly, which has 4 GiB of addresses, on %i threads", async (threads) => {
    const device = await openWasm({ threads });
    const error = errorOf(device, 1);
    expect(error.message).toMatch(
      /^wasm: no memory for what a program computes on the way \(largest: f32\[46000, 46000\]\): 7\.9 GiB, beside [\d.]+ MiB in use\n {2}help: use smaller batches or a smaller network, or the native backend, which has no limit of 4 GiB$/,
    );
    expect({ name: error.name, code: error.code }).toEqual({ name: "ResourceError", code: "out-of-memory" });
    expect(error.details.bytes).toBeGreaterThan(MATRIX_BYTES);
    expectSound(device);
  });

  test.skipIf(nativeGap() !== undefined)("in the native add-on, on any machine", () => {
    const matrices = Math.floor(platform.memoryBytes / MATRIX_BYTES) + 1;
    const device = openNativeSync();
    const error = errorOf(device, matrices);
    const { bytes } = error.details as { bytes: number };
    expect(bytes).toBeGreaterThan(platform.memoryBytes);
    const what = "no memory for what a program computes on the way (largest: f32[46000, 46000])";
    const facts = `${formatBytes(bytes)}, beside 0 bytes in use; the machine has ${formatBytes(platform.memoryBytes)}`;
    expect(error.message).toBe(`native: ${what}: ${facts}\n  help: use smaller batches or a smaller network`);
    expect({ name: error.name, code: error.code }).toEqual({ name: "ResourceError", code: "out-of-memory" });
    expectSound(device);
  });
});
