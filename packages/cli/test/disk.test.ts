import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { finished, glassnet, lastJson, shell, start, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

const folder = temporaryFolder("disk");
const cwd = folder.path;
writeFiles(join(cwd, "toys"), toyFiles(1200, 100));
const disk = join(cwd, "disk");
mkdirSync(disk);
/** Only root may mount; elsewhere the limit of the shell stands in for a full disk. */
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1000k", "tmpfs", disk]).status === 0;
afterAll(() => {
  if (isMounted) spawnSync("umount", [disk]);
  folder.remove();
});

test("a file size limit shows before the training, and leaves nothing behind", async () => {
  const { stdout, stderr } = await shell(
    "ulimit -f 100; glassnet train mnist --data toys --output limited; echo code $?",
    { cwd, env: { TSX_DISABLE_CACHE: "1" } },
  );
  expect(stdout).toBe("code 1\n");
  expect(stderr).toMatchInlineSnapshot(`
    "error: limited/model.safetensors: cannot write: the file would exceed the size limit of this process or file system
      help: raise the limit (ulimit -f)
    "
  `);
  expect(existsSync(join(cwd, "limited"))).toBe(false);
});

test.skipIf(!isMounted)("a disk that is too small shows before the training", async () => {
  const args = ["train", "mnist", "--data", "toys", "--layers", "256", "--output", "disk/run"];
  const { code, stdout, stderr } = await glassnet(args, { cwd });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatchInlineSnapshot(`
    "error: disk/run/model.safetensors: cannot write: the disk is full
      help: free some space or choose another folder
    "
  `);
  expect(readdirSync(disk)).toEqual([]);
});

test.skipIf(!isMounted)("a disk that fills up during the training: the network is saved elsewhere", async () => {
  mkdirSync(join(cwd, "elsewhere"));
  const args = ["train", "mnist", "--data", "toys", "--epochs", "100000", "--output", "disk/run", "--json"];
  const child = start(args, { cwd, env: { TMPDIR: join(cwd, "elsewhere") } });
  const end = finished(child);
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (text: string) => {
      if (/← best/.test(text)) resolve();
    });
    child.on("close", () => reject(new Error("ended early")));
  });
  // Fills what is left.
  try {
    for (let i = 0; ; i++) writeFileSync(join(disk, `filler-${i}`), new Uint8Array(32_768));
  } catch {
    expect(statSync(join(disk, "filler-0")).size).toBeGreaterThan(0);
  }
  child.kill("SIGINT");
  const result = await end;
  expect(result.code).toBe(1);
  const error = result.stderr.slice(result.stderr.indexOf("error:"));
  const told = error.replaceAll(cwd, "DIR").replace(/glassnet-\w{6}/, "glassnet-XXXXXX");
  expect(told).toMatchInlineSnapshot(`
    "error: the run could not be saved in disk/run: disk/run/model.safetensors: cannot write: the disk is full
      help: the network was saved in DIR/glassnet-XXXXXX/model.safetensors instead
    "
  `);
  const { model } = lastJson(result);
  expect((await glassnet(["eval", String(model), "mnist", "--data", "toys"], { cwd })).code).toBe(0);
});
