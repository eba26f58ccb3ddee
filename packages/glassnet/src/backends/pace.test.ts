import { expect, test, vi } from "vitest";
import { WatchedDevice } from "../../test/training.ts";
import { tensor } from "../tensor/create.ts";
import { traceProgram } from "../tensor/trace-program.ts";
import type { LoadedProgram, SyncDevice } from "./backend.ts";
import { Pace } from "./pace.ts";

/** A program that doubles a row. */
async function doubling(device: WatchedDevice) {
  const traced = traceProgram(
    ({ input }) => ({ perStep: { y: input({ dtype: "f32", shape: [2] }, { kind: "row", name: "x" }).mul(tensor(2)) } }),
    () => ({ kind: "feed", name: "none" }),
  );
  return device.load(traced.build());
}

test("the first call takes one step; slow steps are taken one by one", async () => {
  const device = new WatchedDevice(20);
  const loaded = await doubling(device);
  const pace = new Pace();
  for (let k = 0; k < 3; k++) {
    expect(pace.steps(1000)).toBe(1);
    await pace.run(device, loaded, 1, { x: new Float32Array(2) });
  }
});

test("never more steps than remain, or than 256, and at least one", async () => {
  const device = new WatchedDevice();
  const loaded = await doubling(device);
  const pace = new Pace();
  for (let k = 0; k < 20; k++) await pace.run(device, loaded, 64, { x: new Float32Array(128) });
  for (const remaining of [1, 2, 3, 1000]) {
    expect(pace.steps(remaining)).toBeGreaterThanOrEqual(1);
    expect(pace.steps(remaining)).toBeLessThanOrEqual(Math.min(remaining, 256));
  }
});

test("eight steps in one run give what eight runs of one step give", async () => {
  const device = new WatchedDevice();
  const loaded = await doubling(device);
  const x = Float32Array.from({ length: 16 }, (_, i) => i / 3);
  const { perStep, steps } = await new Pace().run(device, loaded, 8, { x });
  expect(steps).toBe(8);
  const single: number[] = [];
  for (let i = 0; i < 8; i++) {
    const row = await new Pace().run(device, loaded, 1, { x: x.slice(2 * i, 2 * i + 2) });
    single.push(...row.perStep.y!);
  }
  expect([...perStep.y!]).toEqual(single);
});

test("steps come in few different numbers, so that tables can be kept", async () => {
  const seen = new Set<number>();
  for (const ms of Array.from({ length: 200 }, (_, i) => 0.02 + 0.05 * i)) {
    const clock = vi.spyOn(performance, "now").mockReturnValueOnce(0).mockReturnValueOnce(ms);
    const pace = new Pace();
    pace.runNow({ run: () => ({}) } as unknown as SyncDevice, {} as LoadedProgram, 1, {});
    clock.mockRestore();
    const steps = pace.steps(1e9);
    expect(steps * ms).toBeLessThanOrEqual(Math.max(8, ms));
    expect(2 * steps).toBeGreaterThan(Math.min(256, 8 / ms));
    seen.add(steps);
  }
  expect([...seen].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 96, 256]);
});
