import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { failureOf } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { compute } from "./compute.ts";
import { fromArray, tensor } from "./create.ts";
import { type DeviceOptions, defaultDevice, deviceOptions, deviceOr, openDevice } from "./device.ts";

const rng = Rng.seeded(2);

describe("a device", () => {
  test.each(["reference", "wasm"] as const)("is the one that is asked for by name: %s", async (backend) => {
    const device = await openDevice({ backend, threads: 1 });
    expect([device.backend, device.threads]).toEqual([backend, 1]);
    const x = tensor([1, 2, 3]).mul(2);
    await compute([x], { device });
    expect([...x.dataSync()]).toEqual([2, 4, 6]);
  });

  test("has as many threads as are asked for", async () => {
    expect((await openDevice({ backend: "wasm", threads: 3 })).threads).toBe(3);
    expect(deviceOptions.threads.default).toBeGreaterThanOrEqual(1);
  });

  test("that is reproducible does not use instructions that round as the machine likes", async () => {
    const device = await openDevice({ reproducible: true, threads: 1 });
    expect([device.backend, device.variant]).toEqual(["wasm", "simd"]);
  });

  test("runs f64 on the reference, and says so once", async () => {
    const device = await openDevice({ backend: "wasm", threads: 1 });
    expect(device.notices.filter(({ code }) => code === "left-to-another")).toEqual([]);
    for (let i = 0; i < 2; i++) {
      const x = fromArray(rng.uniform([4], 0, 1, "f64")).exp();
      await compute([x], { device });
      expect(x.dataSync()).toBeInstanceOf(Float64Array);
    }
    expect(device.notices.filter(({ code }) => code === "left-to-another")).toHaveLength(1);
  });

  test.each<[string, DeviceOptions, string]>([
    ["no threads", { threads: 0 }, "UsageError: openDevice: threads must be a whole number from 1 to 64, got 0"],
    ["fewer", { threads: -1 }, "UsageError: openDevice: threads must be a whole number from 1 to 64, got -1"],
    ["too many", { threads: 1000 }, "UsageError: openDevice: threads must be a whole number from 1 to 64, got 1000"],
    ["half a thread", { threads: 1.5 }, "UsageError: openDevice: threads must be a whole number from 1 to 64, got 1.5"],
    [
      "a backend that there is not",
      { backend: "cuda" as "wasm" },
      'UsageError: openDevice: unknown backend "cuda": expected "auto", "native", "wasm" or "reference"',
    ],
    [
      "an option that there is not",
      { thread: 2 } as DeviceOptions,
      `UsageError: openDevice: unknown option "thread": expected "backend", "threads" or "reproducible"
  help: did you mean threads?`,
    ],
    [
      "the same bits everywhere from what depends on the processor",
      { backend: "native", reproducible: true },
      `UnsupportedError: openDevice: the native backend's bits depend on the processor
  help: leave the backend out, or choose "wasm" or "reference"`,
    ],
  ])("is refused: %s", async (_, options, text) => {
    expect(await failureOf(() => openDevice(options))).toBe(text);
  });
});

describe("what auto does without", () => {
  beforeEach(() => {
    vi.stubEnv("GLASSNET_NATIVE_FOLDER", "nowhere");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test("is told, each in one line", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    const device = await openDevice();
    expect(device.backend).toBe("reference");
    expect(device.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^the native backend is not used: .+$/),
      `the wasm backend is not used: this machine's WebAssembly has no SIMD; use the backend "reference", or a browser or Node of 2021 or later`,
    ]);
  });

  test("is an error if it is a mistake of the library's own", async () => {
    vi.spyOn(WebAssembly, "validate").mockImplementation(() => {
      throw new TypeError("a mistake");
    });
    await expect(openDevice()).rejects.toThrow(new TypeError("a mistake"));
  });
});

describe("the default device", () => {
  test("is one for all, whoever asks first", async () => {
    const device = defaultDevice();
    expect(defaultDevice()).toBe(device);
    expect(await deviceOr(undefined)).toBe(device);
  });

  test("is faster than the reference, where that can be opened at once", () => {
    expect(defaultDevice().backend).not.toBe("reference");
    expect(defaultDevice().sync).toBeDefined();
  });

  test("gives way to the one that is named", async () => {
    const named = await openDevice({ backend: "reference" });
    expect(await deviceOr(named)).toBe(named);
  });
});
