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

test("of ours, the other settings have lines too: one thread can be compared with two", () => {
  const native = { ...measured("glassnet native", 2, { setting: "2 threads" }), othersMs: { "1 thread": 3.6 } };
  const theirs = { ...measured("PyTorch", 4), othersMs: { "2 threads": 5 } };
  expect(tableOf(rowsOf([native, theirs], inMs))).toMatchInlineSnapshot(`
    "work                 ms  spread  ours: native  MB  setting, version
      glassnet native  2.00   1.0 %             1      2 threads; 1.0
                       3.60                 1.80x      1 thread
      PyTorch          4.00   1.0 %         2.00x      1 thread; 1.0"
  `);
  const unit = unitOf({ kind: "gemm", name: "work", n: 1000 });
  const rows = rowsOf([{ ...measured("glassnet native", 20), othersMs: { "2 threads": 40 } }], unit);
  expect(tableOf(rows)).toMatchInlineSnapshot(`
    "work               GFLOP/s  spread  ours: native  MB  setting, version
      glassnet native      100   1.0 %             1      1 thread; 1.0
                          50.0                 2.00x      2 threads"
  `);
});

test("another way of ours has a row, but no column and no lines", () => {
  const other = { ...measured("glassnet native, guarded", 5, { note: "as `train`" }), othersMs: { "2 threads": 6 } };
  expect(tableOf(rowsOf([measured("glassnet native", 4), other], inMs))).toMatchInlineSnapshot(`
    "work                          ms  spread  ours: native  MB  setting, version
      glassnet native           4.00   1.0 %             1      1 thread; 1.0
      glassnet native, guarded  5.00   1.0 %         1.25x      1 thread; 1.0 (as \`train\`)"
  `);
});

test("a step tells how fast its products are, beside those that are nothing else", () => {
  const network = {
    name: "n",
    inputShape: [500],
    targetShape: [],
    layers: [{ kind: "linear", in: 500, out: 1000 }],
  } as const;
  const optimizer = { kind: "sgd", learningRate: 0.1 } as const;
  const unit = unitOf({ kind: "step", name: "work", network, batch: 1000, optimizer, checkedSteps: 1 });
  const rows = rowsOf([measured("glassnet native", 20), measured("OpenBLAS (limit)", 16)], unit);
  expect(rows.map(({ gflops }) => gflops)).toEqual([100, 125]); // 2 · 2 · 1000 · 500 · 1000
  expect(tableOf(rows)).toMatchInlineSnapshot(`
    "work                  ms  GFLOP/s  spread  ours: native  MB  setting, version
      glassnet native   20.0      100   1.0 %             1      1 thread; 1.0
      OpenBLAS (limit)  16.0      125   1.0 %        0.800x      1 thread; 1.0"
  `);
});

test("what else the machine did stands below the table, with a warning if it was much", () => {
  const quiet = tableOf(rowsOf([measured("PyTorch", 4, { load: { others: 0.031, stolen: 0.01 } })], inMs));
  expect(quiet.split("\n").at(-1)).toMatchInlineSnapshot(
    `"  meanwhile others kept 0.03 processors busy, 0.01 were taken by the host"`,
  );
  const busy = tableOf(rowsOf([measured("PyTorch", 4, { load: { others: 1.5, stolen: 0 } })], inMs));
  expect(busy.split("\n").at(-1)).toMatchInlineSnapshot(
    `"  meanwhile others kept 1.50 processors busy, 0.00 were taken by the host   !! look at the ratios"`,
  );
});

test("what is wrong with every setting is said once", () => {
  const fault = "failed: no such kernel";
  const failures = { "2 threads": fault, "3 threads": "failed: it crashed" };
  expect(tableOf(rowsOf([measured("TensorFlow.js", undefined, { fault, failures })], inMs))).toMatchInlineSnapshot(`
    "work             ms  spread  MB  setting, version
      TensorFlow.js   -       -   -  !! failed: no such kernel
                                     !! 3 threads: failed: it crashed"
  `);
});

test("figures have three digits that count", () => {
  expect([0.01234, 1.234, 12.34, 123.4, 12345].map(figure)).toEqual(["0.0123", "1.23", "12.3", "123", "12345"]);
});
