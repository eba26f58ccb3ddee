import { expect, test } from "vitest";
import { unitOf } from "../workloads/workload.ts";
import { figure, type Measured, rowsOf, tableOf } from "./report.ts";

function measured(subject: string, ms: number | undefined, more: Partial<Measured["row"]> = {}): Measured {
  const row = { workload: "work", subject, version: "1.0", setting: "1 thread", spread: 0.01, rounds: 9, ...more };
  return { row, ms };
}

const inMs = unitOf({ kind: "adam", name: "work", size: 1 });

test("ratios say how many times as fast each of ours is", () => {
  const rows = rowsOf([measured("glassnet wasm", 2), measured("glassnet reference", 40), measured("PyTorch", 4)], inMs);
  expect(rows.map(({ ratio }) => ratio)).toEqual([
    { "glassnet wasm": 1, "glassnet reference": 0.05 },
    { "glassnet wasm": 20, "glassnet reference": 1 },
    { "glassnet wasm": 2, "glassnet reference": 0.1 },
  ]);
});

test("ratios compare times also where more is better", () => {
  const unit = unitOf({ kind: "gemm", name: "work", n: 1000 });
  const [ours, theirs] = rowsOf([measured("glassnet native", 20), measured("OpenBLAS (limit)", 10)], unit);
  expect([ours!.median, theirs!.median]).toEqual([100, 200]);
  expect(theirs!.ratio).toEqual({ "glassnet native": 0.5 });
});

test("a subject without a figure keeps its row, and is nobody's measure", () => {
  const absent = measured("glassnet wasm", undefined, { fault: "this build has no wasm backend", rounds: 0 });
  const rows = rowsOf([absent, measured("PyTorch", 4)], inMs);
  expect(rows[0]).toMatchObject({ median: null, ratio: null, fault: "this build has no wasm backend" });
  expect(rows[1]!.ratio).toEqual({});
});

test("the table names what is absent, loudly", () => {
  const rows = rowsOf(
    [
      measured("glassnet wasm", 2, { peakMB: 120 }),
      measured("glassnet native", undefined, { fault: "not built" }),
      measured("PyTorch", 4.5, { note: "slow build", rounds: 1 }),
    ],
    inMs,
  );
  expect(tableOf(rows)).toMatchInlineSnapshot(`
    "work                 ms   spread  ours: wasm   MB  setting, version
      glassnet wasm    2.00    1.0 %           1  120  1 thread; 1.0
      glassnet native     -        -           -    -  !! not built
      PyTorch          4.50  1 round       2.25x       1 thread; 1.0 (slow build)"
  `);
});

test("a setting that computes something else is told even if another is right; one without threads is not", () => {
  const failures = { "2 threads": "wrong: number 1 of 5 is 2", "3 threads": "unsupported: has no threads here" };
  expect(tableOf(rowsOf([measured("PyTorch", 4, { failures })], inMs))).toMatchInlineSnapshot(`
    "work         ms  spread  MB  setting, version
      PyTorch  4.00   1.0 %      1 thread; 1.0
                                 !! 2 threads: wrong: number 1 of 5 is 2"
  `);
});

test("figures have three digits that count", () => {
  expect([0.01234, 1.234, 12.34, 123.4, 12345].map(figure)).toEqual(["0.0123", "1.23", "12.3", "123", "12345"]);
});
