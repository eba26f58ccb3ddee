import * as glassnet from "glassnet";
import { beforeAll, expect, test } from "vitest";
import { asDevice, type Device, type SyncDevice } from "../../packages/glassnet/src/backends/backend.ts";
import { openWasm } from "../../packages/glassnet/src/backends/wasm/open.ts";
import { type KernelName, kernelNames } from "../../packages/glassnet/src/program/lower/kernel-names.ts";
import { lowerProgram } from "../../packages/glassnet/src/program/lower/lower.ts";
import { type Operation, operations } from "../../packages/glassnet/src/program/lower/operation.ts";
import type { Program } from "../../packages/glassnet/src/program/program.ts";
import { bits } from "./program/bits.js";

/** @file The program whose bits are compared between Node and browsers: it has all that rounds in it, and threads change nothing. */

const rounds: { readonly [K in KernelName]: boolean } = {
  block: true,
  matmul: true,
  fill: false,
  conv2d: true,
  conv2dInputGrad: true,
  conv2dKernelGrad: true,
  maxPool: false,
  argmaxPool: false,
  sumPool: true,
  sumPoolGrad: true,
  randomBits: false,
  gather: false,
  scatterAdd: true,
  gatherElements: false,
  scatterAddElements: true,
  dynamicSlice: false,
  dynamicUpdateSlice: false,
  pad: false,
  concat: false,
  argmax: false,
  argsort: false,
};

/** Operations of blocks that never round: they move, compare, choose, or work on whole numbers. */
const exact =
  /^(COPY|(NEG|ABS|SIGN|MAX|MIN|EQ|LT|LE)_F|FLOOR|.*_I|ROW_(MAX|MIN)_F|NOT|AND|OR|WRAP_U8|.*_TO_(I|U8|BOOL)|BOOL_TO_F|WHERE|EXPAND|FINITE)$/;

interface Used {
  /** Kernels that threads share. */
  readonly shared: Set<KernelName>;
  readonly operations: Set<Operation>;
}

/** The device, and what the programs that are loaded on it consist of. */
async function watched(): Promise<{ device: Device; used: Used }> {
  const device = await openWasm({ relaxed: false });
  const used: Used = { shared: new Set(), operations: new Set() };
  const look = (program: Program): Program => {
    for (const { kernel, isShared, plan } of lowerProgram(program).instructions) {
      if (isShared) used.shared.add(kernel);
      for (const { op } of plan?.ops ?? []) used.operations.add(op);
    }
    return program;
  };
  const { sync } = device;
  const seen: SyncDevice = {
    threads: sync.threads,
    load: (program) => sync.load(look(program)),
    run: (loaded, request) => sync.run(loaded, request),
    write: (name, type, data) => sync.write(name, type, data),
    read: (name) => sync.read(name),
    free: (names) => sync.free(names),
    unload: (loaded) => sync.unload(loaded),
  };
  return { device: asDevice(seen, device), used };
}

let used: Used;
let alone: Awaited<ReturnType<typeof bits>>;
beforeAll(async () => {
  const seen = await watched();
  alone = await bits(glassnet, seen.device);
  used = seen.used;
});

test("it tells bits of many results, no two of which are the same", () => {
  expect(alone).toMatchObject({ variant: "simd", threads: 1 });
  const results = Object.values(alone.bits);
  expect(results.length).toBeGreaterThan(60);
  expect(new Set(results).size).toBe(results.length);
});

test("every kernel that rounds is in it, with so much work that threads share it", () => {
  const rounding = kernelNames.filter((kernel) => rounds[kernel]);
  expect(rounding.filter((kernel) => !used.shared.has(kernel))).toEqual([]);
});

test("every operation of blocks that rounds is in it", () => {
  const rounding = operations.filter((operation) => !exact.test(operation));
  expect(rounding).toContain("ROW_PROD_F");
  expect(rounding.filter((operation) => !used.operations.has(operation))).toEqual([]);
});

test("on three threads all bits are as on one", async () => {
  const device = await openWasm({ relaxed: false, threads: 3 });
  expect(await device.joined()).toBe(3);
  expect((await bits(glassnet, device)).bits).toEqual(alone.bits);
});
