import { describe, expect, test } from "vitest";
import type { Backend } from "../src/backends/backend.ts";
import { native, nativeGap } from "../src/backends/native/open.ts";
import { reference } from "../src/backends/reference/device.ts";
import { wasm } from "../src/backends/wasm/open.ts";
import type { DType } from "../src/core/dtype.ts";
import type { Value, ValueOf } from "../src/ir/graph.ts";
import { buildProgram } from "../src/program/build.ts";
import type { Program, Source } from "../src/program/program.ts";

/** A program that negates two numbers. */
function negation(dtype: DType): Program {
  const type = { dtype, shape: [2], scope: "" } as const;
  const x: ValueOf<"input"> = { prim: "input", inputs: [], attrs: { dtype, shape: [2], name: "x" }, ...type };
  const y = { prim: "neg", inputs: [x], attrs: {}, ...type } as Value;
  return buildProgram({
    sources: new Map<ValueOf<"input">, Source>([[x, { kind: "feed", name: "x" }]]),
    outputs: { y },
  });
}

const backends: readonly Backend[] = [reference, wasm, ...(nativeGap() === undefined ? [native] : [])];

describe.each(backends)("the backend $name", (backend) => {
  test("opens a device of its name", async () => {
    expect((await backend.open()).backend).toBe(backend.name);
  });

  test("refuses what is among its gaps with the reason, and runs the other dtypes", async () => {
    const device = await backend.open();
    for (const dtype of ["f32", "i32", "u8", "f64"] as const) {
      const reason = backend.gaps[dtype];
      const loading = device.load(negation(dtype));
      if (reason === undefined) expect((await loading).program.outputs).toHaveLength(1);
      else {
        const what = `load: the backend "${backend.name}" cannot run this program: ${dtype}[2]: ${reason}`;
        await expect(loading).rejects.toThrow(`${what}\n  help: use f32, or the backend "reference"`);
      }
    }
  });
});

test("the kernels lack f64 and nothing else, the reference nothing", () => {
  const gaps = { f64: "f64 is for checking, and runs on the reference backend alone" };
  expect([reference.gaps, wasm.gaps, native.gaps]).toEqual([{}, gaps, gaps]);
});
