import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { GlassnetError } from "../../core/errors.ts";
import type { BlockingDevice } from "../backend.ts";
import { openWasm, openWasmSync } from "./open.ts";

/** @file Machines that lack something: each gives a clear error or an announced fallback. */

interface Api {
  validate: (bytes: Uint8Array) => boolean;
  Memory: new (descriptor: { readonly maximum: number }) => { grow(pages: number): number };
}

/** The library's own declaration of a part of it, which Node's types lack. */
const api = WebAssembly as unknown as Api;
const { Memory } = api;

/** Has memory be refused as a machine does that has too little. */
function refuseMemory(isTooMuch: (descriptor: { readonly maximum: number }) => boolean): void {
  api.Memory = class extends Memory {
    constructor(descriptor: { readonly maximum: number }) {
      if (isTooMuch(descriptor)) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  };
}

afterEach(() => {
  api.Memory = Memory;
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const messageOf = async (opening: Promise<unknown>): Promise<string> => {
  const error = await opening.then(
    () => expect.fail("it opened"),
    (reason: GlassnetError) => reason,
  );
  return `${error.name}: ${error.message}`;
};

function writeState(device: BlockingDevice | undefined, floats: number): void {
  device?.sync.write("x", { dtype: "f32", shape: [floats] }, new Float32Array(floats));
}

describe("opening WebAssembly", () => {
  test("without SIMD is an error that names what runs instead", async () => {
    vi.spyOn(api, "validate").mockReturnValue(false);
    expect(await messageOf(openWasm())).toBe(
      [
        "UnsupportedError: wasm: this machine's WebAssembly has no SIMD",
        '  help: use the backend "reference", or a browser or Node of 2021 or later',
      ].join("\n"),
    );
  });

  test("without shared memory gives one thread, and says why", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const device = await openWasm({ threads: 2 });
    expect(device.threads).toBe(1);
    expect(device.notices).toEqual([
      {
        code: "one-thread",
        message: "wasm: computes on one thread: memory cannot be shared",
        details: { cause: "not-shared" },
      },
    ]);
    expect(await device.joined()).toBe(1);
  });

  test.each([2 ** 15, 2 ** 14, 2 ** 12])("takes memory of %i pages where there is no more", (most) => {
    refuseMemory(({ maximum }) => maximum > most);
    const device = openWasmSync({ threads: 2 });
    expect(device?.threads).toBe(2);
    writeState(device, 1000);
    expect(device?.sync.read("x").length).toBe(1000);
  });

  test("is an error where there is not even little memory", async () => {
    refuseMemory(() => true);
    expect(await messageOf(openWasm())).toBe(
      [
        "ResourceError: wasm: no memory to begin with, not even one that grows to 256 MiB only",
        "  help: close other pages or programs",
      ].join("\n"),
    );
  });
});

describe("memory of WebAssembly", () => {
  test("that cannot grow is an error which says how much was wanted and what for; what there is stays usable", () => {
    const device = openWasmSync();
    writeState(device, 3);
    vi.spyOn(api.Memory.prototype, "grow").mockImplementation(() => {
      throw new RangeError("maximum memory size exceeded");
    });
    expect(() => writeState(device, 4_000_000)).toThrow(
      'wasm: no memory for state "x": 15.3 MiB, beside 2.0 MiB in use\n  help: use smaller batches or a smaller network, or the native backend, which has no limit of 4 GiB',
    );
    expect(device?.sync.read("x").length).toBe(3);
  });
});

describe("files of the package", () => {
  test("that are missing, cut off or something else are errors that name the file", async () => {
    const root = mkdtempSync(join(tmpdir(), "glassnet-"));
    const folder = join(root, "packages/glassnet");
    try {
      const library = fileURLToPath(new URL("../../../", import.meta.url));
      for (const part of [
        "src",
        "wasm",
        "package.json",
        "tsconfig.json",
        "tsconfig.engine.json",
        "tsconfig.backends.json",
      ]) {
        cpSync(join(library, part), join(folder, part), { recursive: true });
      }
      cpSync(join(library, "../../tsconfig.base.json"), join(root, "tsconfig.base.json"));
      const file = join(folder, "wasm/kernels.wasm");
      const opened: unknown = await import(/* @vite-ignore */ join(folder, "src/backends/wasm/open.ts"));
      const { openWasm: open } = opened as { openWasm: typeof openWasm };
      const start = "UnsupportedError: wasm: cannot load kernels.wasm, which belongs to the package:";
      truncateSync(file, 1000);
      expect(await messageOf(open({ relaxed: false }))).toMatch(start);
      writeFileSync(file, "<!doctype html>");
      expect(await messageOf(open({ relaxed: false }))).toMatch(start);
      writeFileSync(file, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)); // a module of nothing
      expect(await messageOf(open({ relaxed: false }))).toBe(
        `${start} it is another module, which has no "run"\n  help: install the package again`,
      );
      rmSync(file);
      const message = await messageOf(open({ relaxed: false }));
      expect(message).toMatch(`${start} ENOENT`);
      expect(message).toMatch("help: install the package again");
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
