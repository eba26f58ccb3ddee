import { describe, expect, test } from "vitest";
import { nativeGap } from "../../src/backends/native/open.ts";
import { allocationOf, growthOf, measureLeak, trainFor } from "./measure.ts";

/** Processes of their own take long on a busy machine. */
const HANGS_MS = 600_000;
const STEP = { warmUp: 600, windows: 10, perWindow: 100 };

/** The short form; `memory.prove.test.ts` has twenty trainings and 100,000 steps. Limits are in bytes for each piece of work. */
test.each([
  ["whole trainings leave nothing behind", "training", { warmUp: 5, windows: 10, perWindow: 1 }, 50_000],
  ["a compiled step leaves nothing behind", "compiled", STEP, 200],
  ["lazy tensors that are rarely read leave nothing behind", "lazy", { warmUp: 800, windows: 10, perWindow: 100 }, 200],
  [
    "compiled functions that nobody releases are collected",
    "forgotten",
    { warmUp: 150, windows: 10, perWindow: 30 },
    1000,
  ],
] as const)(
  "%s",
  async (_, workload, plan, limit) => {
    const { heapPerWork, externalPerWork, heap, external, rss, text } = await measureLeak(workload, plan, limit);
    expect(heapPerWork, text).toBeLessThan(limit);
    expect(externalPerWork, text).toBeLessThan(limit);
    for (const whole of [heap, external, rss]) expect(whole, text).toBeLessThan(0.25);
  },
  HANGS_MS,
);

/** A call of one step alone has a promise, an event and an immediate for itself, most of which belong to the platform. */
test.each(nativeGap() === undefined ? (["native", "wasm"] as const) : (["wasm"] as const))(
  "steps of training on %s take less than 1 KB of heap each, and 3 KB where each is a call of its own",
  async (backend) => {
    expect(await allocationOf(backend, 400)).toBeLessThan(1024);
    expect(await allocationOf(backend, 2000, 1)).toBeLessThan(3072);
  },
  HANGS_MS,
);

test(
  "a training leaves nothing behind in WebAssembly's memory",
  async () => {
    const { steps, samples } = await trainFor(3, 6);
    for (const [backend, count] of Object.entries(steps)) expect(count, backend).toBeGreaterThan(0);
    expect(samples.map(({ wasm }) => wasm)).toEqual(new Array(6).fill(samples[0]!.wasm));
    expect(samples[0]!.wasm).toBeGreaterThan(2 ** 20);
  },
  HANGS_MS,
);

describe("the measurement notices", () => {
  test(
    "one small tensor that is kept at each step",
    async () => {
      const { heapPerWork, text } = await measureLeak("leaking", STEP, 200);
      expect(heapPerWork, text).toBeGreaterThan(200);
    },
    HANGS_MS,
  );

  test(
    "numbers that are kept outside the heap",
    async () => {
      const { externalPerWork, text } = await measureLeak("hoarding", STEP, 150);
      expect(externalPerWork, text).toBeGreaterThan(150); // 50 numbers
    },
    HANGS_MS,
  );

  const samplesOf = (values: readonly number[]) =>
    values.map((kb) => ({ heap: 1024 * kb, external: 2 ** 20, rss: 2 ** 20 }));

  test("growth in every window, and not what comes once or goes again", () => {
    const steady = samplesOf([100, 110, 120, 130, 140, 150, 160, 170, 180]);
    const once = samplesOf([100, 100, 100, 100, 900, 900, 900, 900, 900]);
    const wavering = samplesOf([100, 140, 100, 150, 110, 150, 100, 150, 100]);
    expect(growthOf(steady, 10).heapPerWork).toBe(1024);
    expect(growthOf(once, 10).heapPerWork).toBe(0);
    expect(growthOf(wavering, 10).heapPerWork).toBe(0);
    expect(growthOf(once, 10).heap).toBe(8); // which the limit of the whole is for
  });
});
