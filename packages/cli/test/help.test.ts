import { afterAll, expect, test } from "vitest";
import { glassnetAll, temporaryFolder } from "./command.ts";

const folder = temporaryFolder("help");
afterAll(() => folder.remove());

const screens = [
  ["--help"],
  ["train", "--help"],
  ["eval", "--help"],
  ["predict", "--help"],
  ["explain", "--help"],
  ["inspect", "--help"],
  ["studio", "--help"],
  ["doctor", "--help"],
] as const;

async function printed(calls: readonly (readonly string[])[]): Promise<string> {
  const results = await glassnetAll(calls, { cwd: folder.path });
  return results
    .map(({ code, stdout, stderr }, i) => {
      expect([code, stderr], calls[i]!.join(" ")).toEqual([0, ""]);
      return `$ glassnet ${calls[i]!.join(" ")}\n${stdout}`;
    })
    .join("\n");
}

test("help in English", async () => {
  await expect(await printed(screens)).toMatchFileSnapshot("./screens/help.txt");
});

test("help in Chinese", async () => {
  await expect(await printed(screens.map((args) => [...args, "--lang", "zh"]))).toMatchFileSnapshot(
    "./screens/help.zh-CN.txt",
  );
});

test("help has many names, and --lang may stand anywhere", async () => {
  const same = (calls: readonly (readonly string[])[]) =>
    glassnetAll(calls, { cwd: folder.path }).then((results) => new Set(results.map(({ stdout }) => stdout)));
  expect((await same([[], ["help"], ["--help"], ["-h"]])).size).toBe(1);
  expect(
    (
      await same([
        ["train", "-h"],
        ["help", "train"],
        ["train", "mnist", "--epochs", "3", "--help"],
      ])
    ).size,
  ).toBe(1);
  expect(
    (
      await same([
        ["--lang", "zh"],
        ["help", "--lang=zh"],
      ])
    ).size,
  ).toBe(1);
});

test("the version is that of the package", async () => {
  const results = await glassnetAll([["--version"], ["-v"], ["train", "--version"]], { cwd: folder.path });
  expect(results.map(({ stdout }) => stdout)).toEqual(["0.1.0\n", "0.1.0\n", "0.1.0\n"]);
});
