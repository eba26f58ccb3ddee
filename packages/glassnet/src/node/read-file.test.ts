import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { readBytes } from "./read-file.ts";

const folder = mkdtempSync(join(tmpdir(), "glassnet-read-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

test("files are read as they are, gzip files unpacked whatever their name", async () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
  for (const path of [file("plain.gz", bytes), file("packed", gzipSync(bytes))]) {
    const read = await readBytes(path);
    expect(read.constructor).toBe(Uint8Array);
    expect(Buffer.compare(read, bytes)).toBe(0);
  }
  expect(await readBytes(file("empty", new Uint8Array(0)))).toEqual(new Uint8Array(0));
});

test("a gzip bomb, and an endless device, stop at the limit", async () => {
  const bomb = file("bomb", gzipSync(new Uint8Array(64 * 2 ** 20)));
  expect(await messageOf(readBytes(bomb, { maxBytes: 2 ** 20 }))).toMatchInlineSnapshot(
    `"FormatError: DIR/bomb: unpacks to more than the limit of 1.0 MiB"`,
  );
  expect(await messageOf(readBytes("/dev/zero", { maxBytes: 2 ** 20 }))).toMatchInlineSnapshot(
    `"FormatError: /dev/zero: larger than the limit of 1.0 MiB"`,
  );
  const exact = file("exact", new Uint8Array(1000));
  expect((await readBytes(exact, { maxBytes: 1000 })).length).toBe(1000);
  expect(await messageOf(readBytes(exact, { maxBytes: 999 }))).toMatchInlineSnapshot(
    `"FormatError: DIR/exact: larger than the limit of 999 bytes"`,
  );
});

test("broken gzip files are named", async () => {
  const packed = gzipSync(Uint8Array.from({ length: 1000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24));
  expect(await messageOf(readBytes(file("short", packed.subarray(0, 200))))).toMatchInlineSnapshot(
    `"FormatError: DIR/short: not a complete gzip file: unexpected end of file"`,
  );
  const damaged = packed.slice();
  damaged[damaged.length - 6]! ^= 1;
  expect(await messageOf(readBytes(file("damaged", damaged)))).toMatchInlineSnapshot(
    `"FormatError: DIR/damaged: not a complete gzip file: incorrect data check"`,
  );
});

test("what cannot be read is named", async () => {
  mkdirSync(join(folder, "folder"));
  expect(await messageOf(readBytes(join(folder, "missing")))).toMatchInlineSnapshot(
    `"UsageError: DIR/missing: cannot read: no such file or folder"`,
  );
  expect(await messageOf(readBytes(join(folder, "folder")))).toMatchInlineSnapshot(
    `"UsageError: DIR/folder: cannot read: is a folder, not a file"`,
  );
  expect(await messageOf(readBytes(join(file("plain", Uint8Array.of(1)), "below")))).toMatchInlineSnapshot(
    `"UsageError: DIR/plain/below: cannot read: a part of the path is a file, not a folder"`,
  );
});

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => "was accepted",
    (reason: unknown) => reason,
  );
  return String(error).replaceAll(folder, "DIR");
}
