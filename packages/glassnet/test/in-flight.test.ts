import { describe, expect, test } from "vitest";
import type { BlockingDevice, LoadedProgram } from "../src/backends/backend.ts";
import { withFallback } from "../src/backends/fallback.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openReference } from "../src/backends/reference/device.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import type { TypedArray } from "../src/core/dtype.ts";
import { counting } from "./counting.ts";

/**
 * @file What may be asked of a device while a run of it is led by another thread, so that this one goes on: everything, and it
 * takes effect in the order in which it was asked for.
 */

const SIZE = 20_000;
const STEPS = 2000;
const zeros = new Float32Array(SIZE);
const NOT_LOADED = "the program is not loaded on this device";

interface Counter {
  readonly device: BlockingDevice;
  readonly loaded: LoadedProgram;
  readonly run: (steps?: number) => ReturnType<BlockingDevice["run"]>;
}

const { program, type } = counting(SIZE);

/** A device that counts, whose threads are there. */
async function counterOn(device: BlockingDevice, joined?: () => Promise<unknown>): Promise<Counter> {
  await device.write("x", type, zeros);
  const loaded = await device.load(program);
  await device.run(loaded, { steps: STEPS }); // long enough that a thread is asked to lead it
  await joined?.();
  await device.write("x", type, zeros);
  return { device, loaded, run: (steps = STEPS) => device.run(loaded, { steps }) };
}

async function wasmOn(threads: number): Promise<Counter> {
  const device = await openWasm({ relaxed: false, threads });
  return counterOn(device, () => device.joined());
}

const natives = nativeGap() === undefined ? [1, 2, 3] : [];
const opened: readonly (readonly [string, () => Promise<Counter>])[] = [
  ...[2, 3].map((threads) => [`wasm, ${threads} threads`, () => wasmOn(threads)] as const),
  ...natives.map((threads) => [`native, ${threads} threads`, () => counterOn(openNativeSync({ threads }))] as const),
  [
    "wasm with the reference behind it",
    async () => {
      const device = await openWasm({ relaxed: false, threads: 2 });
      return counterOn(withFallback(device, openReference(), {}), () => device.joined());
    },
  ],
];

/** Whether all numbers are the same one, and which. */
const oneOf = (data: TypedArray): number | undefined => (data.every((x) => x === data[0]) ? data[0] : undefined);

describe.each(opened)("a run on %s that others lead", (_, open) => {
  test("leaves this thread to others, and gives what a blocking one gives", async () => {
    const { device, loaded, run } = await open();
    let turns = 0;
    let isOver = false;
    const going = run().then((result) => {
      isOver = true;
      return result;
    });
    while (!isOver) {
      await new Promise(setImmediate);
      turns++;
    }
    expect(turns).toBeGreaterThan(1);
    const { steps, perStep } = await going;
    expect(steps).toBe(STEPS);
    expect([...perStep.before!]).toEqual(Array.from({ length: STEPS }, (__, i) => i));
    expect(device.sync.run(loaded, { steps: 3 }).perStep.before).toEqual(Float32Array.of(STEPS, STEPS + 1, STEPS + 2));
  });

  test("is followed by what was asked for since, in that order", async () => {
    const { device, run } = await open();
    const ten = new Float32Array(SIZE).fill(10);
    const all = await Promise.all([
      run(STEPS),
      device.read("x"),
      device.write("x", type, ten),
      run(STEPS + 1),
      device.read("x"),
      run(1),
      device.read("x"),
      device.free(["x"]),
      device.read("x").catch((error: Error) => error.message),
      device.write("x", type, ten),
      device.read("x"),
    ]);
    expect(oneOf(all[1])).toBe(STEPS);
    expect(all[3].perStep.before![0]).toBe(10);
    expect(oneOf(all[4])).toBe(10 + STEPS + 1);
    expect(oneOf(all[6])).toBe(10 + STEPS + 2);
    expect(all[8]).toBe('read: state "x" has not been written');
    expect(oneOf(all[10])).toBe(10);
  });

  test("is waited for by what blocks, with all that was asked for before", async () => {
    const { device, loaded, run } = await open();
    const runs = [run(), run(7), device.write("y", type, zeros), run(3)];
    expect(oneOf(device.sync.read("x"))).toBe(STEPS + 10);
    expect(oneOf(device.sync.read("y"))).toBe(0);
    const more = run();
    expect(device.sync.run(loaded, { steps: 1 }).perStep.before).toEqual(Float32Array.of(2 * STEPS + 10));
    const last = run();
    device.sync.write("x", type, zeros);
    const settled = await Promise.all([...runs, more, last]);
    expect(settled.map((result) => result?.steps)).toEqual([STEPS, 7, undefined, 3, STEPS, STEPS]);
    expect(oneOf(await device.read("x"))).toBe(0);
    expect((await run()).perStep.before![0]).toBe(0);
  });

  test("ends before its program is unloaded, awaited or not", async () => {
    const { device, loaded, run } = await open();
    const going = run();
    const unloading = device.unload(loaded);
    const late = expect(run()).rejects.toThrow(NOT_LOADED);
    expect((await going).steps).toBe(STEPS);
    await unloading;
    await late;
    const again = await device.load(program);
    const second = device.run(again, { steps: STEPS });
    device.sync.unload(again); // waits
    expect((await second).steps).toBe(STEPS);
    expect(() => device.sync.run(again, { steps: 1 })).toThrow(NOT_LOADED);
  });

  test("is not disturbed by a program that is loaded, or by other states", async () => {
    const { device, run } = await open();
    const going = run();
    const large = counting(3_000_000, "large"); // the memory has to grow
    const loaded = device.sync.load(large.program);
    const other = await device.load(counting(10, "other").program);
    expect((await going).perStep.before!.at(-1)).toBe(STEPS - 1);
    await device.write("large", large.type, new Float32Array(3_000_000));
    await device.write("other", { dtype: "f32", shape: [10] }, new Float32Array(10));
    const both = [device.run(loaded, { steps: 3 }), device.run(other, { steps: 5 })];
    expect((await Promise.all(both)).map(({ steps }) => steps)).toEqual([3, 5]);
    expect(oneOf(await device.read("large"))).toBe(3);
    expect(oneOf(await device.read("x"))).toBe(STEPS);
  });

  test("leaves those behind it as they are if it cannot begin, and those that cannot begin disturb nobody", async () => {
    const { device, loaded, run } = await open();
    const settled = await Promise.allSettled([
      run(),
      device.run(loaded, { steps: 0 }),
      run(),
      device.free(["x"]),
      run(),
      device.write("x", type, zeros),
      run(),
    ]);
    const told = settled.map((one) => (one.status === "fulfilled" ? one.value?.steps : String(one.reason.message)));
    expect(told).toEqual([
      STEPS,
      expect.stringContaining("steps"),
      STEPS,
      undefined,
      'run: state "x" has not been written',
      undefined,
      STEPS,
    ]);
    expect(oneOf(await device.read("x"))).toBe(STEPS);
  });
});

test.skipIf(nativeGap() !== undefined)(
  "two native devices at the same time have one run at a time, each in its order",
  async () => {
    const [one, two] = [
      await counterOn(openNativeSync({ threads: 2 })),
      await counterOn(openNativeSync({ threads: 3 })),
    ];
    const runs = [one.run(), two.run(), one.run(5), two.run(), one.run()];
    expect(oneOf(two.device.sync.read("x"))).toBe(2 * STEPS);
    expect((await Promise.all(runs)).map(({ steps }) => steps)).toEqual([STEPS, STEPS, 5, STEPS, STEPS]);
    expect(oneOf(await one.device.read("x"))).toBe(2 * STEPS + 5);
  },
);

test("where only the calling thread can run programs, it does", async () => {
  const { device, run } = await wasmOn(1);
  expect(device.sync.threads).toBe(1);
  const going = run(3);
  expect(oneOf(device.sync.read("x"))).toBe(3);
  expect((await going).steps).toBe(3);
});
