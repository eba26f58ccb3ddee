import { cpSync, mkdirSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finished, finished, startProgram, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

/** @file What `doctor` says of an installation from which something is missing: a copy of the packages, with faults. */

const folder = temporaryFolder("faults");
const home = folder.path;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const wasm = (file: string) => join(home, "packages/glassnet/wasm", file);
const plain = (text: string) => text.replace(/\s+/g, " ");

beforeAll(() => {
  for (const part of ["glassnet/src", "glassnet/wasm", "glassnet/package.json", "cli/src", "cli/test/launch.ts"]) {
    cpSync(join(root, "packages", part), join(home, "packages", part), { recursive: true });
  }
  cpSync(join(root, "packages/cli/package.json"), join(home, "packages/cli/package.json"));
  mkdirSync(join(home, "node_modules/@glassnet"), { recursive: true });
  symlinkSync(join(home, "packages/glassnet"), join(home, "node_modules/glassnet"));
  symlinkSync(join(root, "packages/native"), join(home, "node_modules/@glassnet/native"));
  mkdirSync(join(home, "no-addon"));
  writeFiles(join(home, "toys"), toyFiles(60, 20));
});
afterAll(() => folder.remove());

/** The add-on is as if it had never been built, so that what is wrong with wasm shows in what auto takes. */
function doctor(...args: string[]): Promise<Finished> {
  const program = join(home, "packages/cli/test/launch.ts");
  const env = { GLASSNET_NATIVE_FOLDER: join(home, "no-addon") };
  return finished(startProgram(program, ["doctor", "--data", "toys", "--threads", "1", ...args], { cwd: home, env }));
}

/** Does something while files are as a fault leaves them. */
async function without(
  files: readonly string[],
  spoil: (path: string) => void,
  act: () => Promise<void>,
): Promise<void> {
  for (const file of files) spoil(wasm(file));
  try {
    await act();
  } finally {
    for (const file of files) cpSync(join(root, "packages/glassnet/wasm", file), wasm(file));
  }
}

describe("doctor", () => {
  test("is content with a whole installation, even one without the add-on", async () => {
    const { code, stdout, stderr } = await doctor();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("Everything here works.");
  });

  test("names a file that is missing, though this machine does without it, and says what to do", async () => {
    await without(["kernels-relaxed-threads.wasm", "thread.js"], rmSync, async () => {
      const { code, stdout, stderr } = await doctor();
      expect(code).toBe(1);
      expect(stdout).toContain("Files of the wasm backend");
      expect(stdout).not.toContain("Everything here works.");
      expect(stderr).toBe(
        "error: not everything here works: kernels-relaxed-threads.wasm is missing from the package; " +
          "thread.js is missing from the package\n  help: install the package glassnet again\n",
      );
    });
  });

  test("tells a damaged file from a missing one, and puts both into its JSON", async () => {
    const damage = (path: string) => truncateSync(path, 1000);
    await without(["kernels-threads.wasm"], damage, async () => {
      const { code, stdout } = await doctor("--json");
      expect(code).toBe(1);
      const what = expect.stringContaining("kernels-threads.wasm of the package is damaged");
      expect(JSON.parse(stdout)).toMatchObject({ faults: [{ what, remedy: "install the package glassnet again" }] });
    });
  });

  test("says all of it in Chinese, the reason why a file could not be loaded as well", async () => {
    const all = ["kernels.wasm", "kernels-relaxed.wasm"];
    await without(all, rmSync, async () => {
      const { code, stdout, stderr } = await doctor("--lang", "zh");
      expect(code).toBe(1);
      const file = process.versions.node.startsWith("20.") ? "kernels.wasm" : "kernels-relaxed.wasm";
      const said = plain(stdout).replaceAll(" ", "");
      expect(said).toContain(`说明：没有使用wasm后端：软件包中缺少文件${file}`);
      expect(said).toContain("软件包的安装脚本没有运行");
      expect(stdout).not.toMatch(/cannot|missing|ENOENT|install the/);
      expect(stderr).toBe(
        "错误：这里并非一切正常：软件包中缺少文件 kernels.wasm；软件包中缺少文件 kernels-relaxed.wasm\n" +
          "  提示：请重新安装软件包 glassnet\n",
      );
    });
  });
});
