import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, expect, test } from "vitest";
import { writeFileAtomic } from "./atomic-write.ts";

const folder = mkdtempSync(join(tmpdir(), "glassnet-write-"));
const path = join(folder, "model.bin");
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
});

test("a file is created, and replaced as a whole", async () => {
  await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  await writeFileAtomic(path, "text");
  expect(readFileSync(path, "utf8")).toBe("text");
  expect(readdirSync(folder)).toEqual(["model.bin"]);
});

test("many writers leave one whole file", async () => {
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
  expect(texts).toContain(readFileSync(path, "utf8"));
  expect(readdirSync(folder)).toEqual(["model.bin"]);
});

test("a link keeps pointing to the file that is replaced", async () => {
  writeFileSync(path, "old");
  symlinkSync("model.bin", join(folder, "latest"));
  await writeFileAtomic(join(folder, "latest"), "new");
  expect(readFileSync(path, "utf8")).toBe("new");
});

test("a link to a file that is not there yet creates that file, also from another folder and by several links", async () => {
  mkdirSync(join(folder, "links"));
  symlinkSync("second", join(folder, "links", "first"));
  symlinkSync("../model.bin", join(folder, "links", "second"));
  await writeFileAtomic(join(folder, "links", "first"), "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(lstatSync(join(folder, "links", "first")).isSymbolicLink()).toBe(true);
  expect(readdirSync(join(folder, "links"))).toEqual(["first", "second"]);
  symlinkSync("none/model.bin", join(folder, "astray"));
  symlinkSync("circle", join(folder, "circle"));
  const messages: string[] = [];
  for (const name of ["astray", "circle"]) messages.push(await messageOf(writeFileAtomic(join(folder, name), "x")));
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: DIR/astray: cannot write: no such file or folder",
      "UsageError: DIR/circle: cannot write: too many symbolic links",
    ]
  `);
});

test("who may use a file stays when it is replaced", async () => {
  for (const mode of [0o600, 0o640, 0o666, 0o755]) {
    writeFileSync(path, "old");
    chmodSync(path, mode);
    await writeFileAtomic(path, "new");
    expect([statSync(path).mode & 0o7777, readFileSync(path, "utf8")]).toEqual([mode, "new"]);
  }
});

test("what cannot be written is named", async () => {
  writeFileSync(path, "old");
  expect(await messageOf(writeFileAtomic(folder, "x"))).toMatchInlineSnapshot(
    `"UsageError: DIR: cannot write: is a folder, not a file"`,
  );
  expect(await messageOf(writeFileAtomic(join(path, "below"), "x"))).toMatchInlineSnapshot(
    `"UsageError: DIR/model.bin/below: cannot write: a part of the path is a file, not a folder"`,
  );
  expect(await messageOf(writeFileAtomic(join(folder, "no", "model.bin"), "x"))).toMatchInlineSnapshot(
    `"UsageError: DIR/no/model.bin: cannot write: no such file or folder"`,
  );
  expect(await messageOf(writeFileAtomic("/dev/full", "x"))).toMatchInlineSnapshot(
    `"UsageError: /dev/full: cannot write: is a device, not a file"`,
  );
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["model.bin"]);
});

test("when the system takes only half of the bytes, the old file stays and no other is left", () => {
  writeFileSync(path, "old");
  // 64 blocks of 512 or 1024 bytes, as the shell counts them.
  const script = `
    import { writeFileAtomic } from ${JSON.stringify(new URL("./atomic-write.ts", import.meta.url).href)};
    await writeFileAtomic(${JSON.stringify(path)}, new Uint8Array(1_000_000)).catch((error) => console.log(String(error)));
  `;
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const child = spawnSync(
    "bash",
    ["-c", 'ulimit -f 64; exec "$0" --import tsx --input-type module --eval "$1"', process.execPath, script],
    { cwd: root, encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
  );
  expect(child.stdout.replaceAll(folder, "DIR"), child.stderr).toMatchInlineSnapshot(`
    "UsageError: DIR/model.bin: cannot write: the file would exceed the size limit of this process or file system
      help: raise the limit (ulimit -f)
    "
  `);
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["model.bin"]);
});

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => "was accepted",
    (reason: unknown) => reason,
  );
  return String(error).replaceAll(folder, "DIR");
}
