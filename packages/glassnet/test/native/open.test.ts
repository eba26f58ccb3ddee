import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NativeAddon } from "../../src/backends/native/addon.ts";
import { NativeHost } from "../../src/backends/native/host.ts";
import { nativeGap, openNativeSync } from "../../src/backends/native/open.ts";
import { ResourceError, UnsupportedError } from "../../src/core/errors.ts";
import { loadNative } from "../../src/node/load-native.ts";

const require = createRequire(import.meta.url);
const { variants } = require("@glassnet/native") as { variants: readonly string[] };
const { digestOfSources, noteOutcome } = require("@glassnet/native/sources.js") as {
  digestOfSources(): string;
  noteOutcome(folder: string, refusal?: { readonly cause: string; readonly reason: string }): void;
};
const outcome = JSON.parse(readFileSync(require.resolve("@glassnet/native/build/Release/outcome.json"), "utf8")) as {
  readonly sources: string;
  readonly reason?: string;
};

const found = loadNative();
const isBuilt = !("reason" in found);
const plain = variants.at(-1) ?? "none";

test("the add-on is built, or the reason is one that a machine can have", () => {
  if (isBuilt) expect(nativeGap()).toBeUndefined();
  else expect(outcome.reason).toMatch(/no C compiler|no make|headers|node-gyp was not found|architecture|Windows/);
});

test.skipIf(!isBuilt)("it is as new as its sources; if not, `npm rebuild @glassnet/native` makes it anew", () => {
  expect(outcome.sources).toBe(digestOfSources());
});

test.skipIf(!isBuilt)("a device says what it runs on", () => {
  const { backend, variant, threads, notices } = openNativeSync({ threads: 3, variant: plain });
  expect({ backend, variant, threads, notices }).toEqual({
    backend: "native",
    variant: plain,
    threads: 3,
    notices: [],
  });
});

test.skipIf(!isBuilt)("memory that the machine does not have is refused, with how much was asked", () => {
  const { addon } = found as { addon: NativeAddon };
  const host = new NativeHost(addon, 1, 2 ** 20);
  const address = host.allocate(2 ** 19, "a state");
  expect(() => host.allocate(2 ** 20, 'state "w"')).toThrow(
    new ResourceError(
      "out-of-memory",
      "native",
      'no memory for state "w": 1.0 MiB, beside 512.0 KiB in use; the machine has 1.0 MiB',
      {
        help: "use smaller batches or a smaller network",
        details: { bytes: 2 ** 20, usedBytes: 2 ** 19, limitBytes: 2 ** 20 },
      },
    ),
  );
  host.free(address);
  host.free(host.allocate(2 ** 20, "what was freed"));
  const boundless = new NativeHost(addon, 1, Number.POSITIVE_INFINITY);
  expect(() => boundless.allocate(2 ** 50, "all")).toThrow("native: no memory for all: 1024.0 TiB");
});

describe("the reason why there is no add-on", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "native-"));
    vi.stubEnv("GLASSNET_NATIVE_FOLDER", folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /** A folder with a file that was built, so to speak. */
  const build = (file: string | Buffer): void => {
    for (const variant of variants) writeFileSync(join(folder, `${variant}.node`), file);
    noteOutcome(folder);
  };
  const builtFile = () => readFileSync(require.resolve(`@glassnet/native/build/Release/${plain}.node`));

  test("its scripts did not run", () => {
    const reason = "not built: the package's install script has not run";
    expect(nativeGap()).toEqual({ cause: "not-run", reason });
  });

  test("it could not be built", () => {
    noteOutcome(folder, { cause: "no-compiler", reason: "there is no C compiler" });
    expect(nativeGap()).toEqual({ cause: "no-compiler", reason: "not built: there is no C compiler" });
  });

  test("its file was cut short", () => {
    build("an add-on");
    writeFileSync(join(folder, `${plain}.node`), "an add");
    const what = `${plain}.node is not the file that was built`;
    const reason = `${what}: build it again with "npm rebuild @glassnet/native"`;
    expect(nativeGap()).toEqual({ cause: "changed", reason });
  });

  test("its file is gone", () => {
    build("an add-on");
    rmSync(join(folder, `${plain}.node`));
    expect(nativeGap()?.reason).toContain(`${plain}.node is not the file that was built`);
  });

  test("its file is none that the system can load", () => {
    build("no add-on");
    expect(nativeGap()?.reason).toMatch(
      /\.node cannot be loaded, build it again with "npm rebuild @glassnet\/native": /,
    );
  });

  test("it was built for another architecture", () => {
    build("an add-on");
    const file = join(folder, "outcome.json");
    const { system, ...rest } = JSON.parse(readFileSync(file, "utf8")) as { system: string };
    writeFileSync(file, JSON.stringify({ system: "linux-mips", ...rest }));
    const what = `it was built for linux-mips, and this is ${system}`;
    const reason = `${what}: build it again with "npm rebuild @glassnet/native"`;
    expect(nativeGap()).toEqual({ cause: "other-system", reason });
  });

  test.skipIf(!isBuilt || process.platform !== "linux")("its file is for another machine", () => {
    const file = builtFile();
    const MACHINE_AT = 18; // of the ELF header
    const SPARC_V9 = 43;
    file.writeUInt16LE(SPARC_V9, MACHINE_AT);
    build(file);
    expect(nativeGap()?.reason).toContain("cannot be loaded");
  });

  test.skipIf(!isBuilt)("it has other kernels", () => {
    const file = builtFile();
    file.write("dynamic_update_slime", file.indexOf("dynamic_update_slice\0"), "latin1");
    build(file);
    const reason = "the add-on was built from another version's kernels";
    expect(nativeGap({ variant: plain })).toEqual({ cause: "other-kernels", reason });
  });

  test("no such variant", () => {
    const reason = `there is no variant "mmx" for ${process.arch}, only ${variants.join(", ")}`;
    expect(nativeGap({ variant: "mmx" })).toEqual({ cause: "no-variant", reason });
  });

  test("opening says it, and what to do", () => {
    expect(() => openNativeSync({ variant: "mmx" })).toThrow(
      new UnsupportedError(
        "unsupported",
        "native",
        `there is no native add-on: ${nativeGap({ variant: "mmx" })!.reason}`,
        {
          help: 'use the backend "wasm", which needs none',
          details: { ...nativeGap({ variant: "mmx" }) },
        },
      ),
    );
  });
});
