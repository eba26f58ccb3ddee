import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
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

test("a gzip bomb, and a large file, stop at the limit", async () => {
  const bomb = file("bomb", gzipSync(new Uint8Array(64 * 2 ** 20)));
  expect(await messageOf(readBytes(bomb, { maxBytes: 2 ** 20 }))).toMatchInlineSnapshot(
    `"FormatError: DIR/bomb: unpacks to more than the limit of 1.0 MiB"`,
  );
  const exact = file("exact", new Uint8Array(1000));
  expect((await readBytes(exact, { maxBytes: 1000 })).length).toBe(1000);
  expect(await messageOf(readBytes(exact, { maxBytes: 999 }))).toMatchInlineSnapshot(
    `"FormatError: DIR/exact: larger than the limit of 999 bytes"`,
  );
});

test("a gzip bomb stops at 100 times its size, without taking more memory", () => {
  const member = gzipSync(new Uint8Array(2 ** 26));
  const bomb = file("bomb-1GiB", Buffer.concat(new Array(16).fill(member)));
  const script = `
    import { readBytes } from ${JSON.stringify(new URL("./read-file.ts", import.meta.url).href)};
    await readBytes(${JSON.stringify(bomb)}).catch((error) => console.log(String(error)));
    const megabytes = process.resourceUsage().maxRSS / 1024;
    console.log(megabytes < 700 ? "little memory" : megabytes);
  `;
  const flags = ["--import", import.meta.resolve("tsx"), "--input-type", "module", "--eval", script];
  const child = spawnSync(process.execPath, flags, { encoding: "utf8" });
  expect(child.stdout.replaceAll(folder, "DIR"), child.stderr).toMatchInlineSnapshot(`
    "FormatError: DIR/bomb-1GiB: unpacks to more than 256.0 MiB, which is more than 100 times its size
    little memory
    "
  `);
});

test("gzip files of several parts, and padded with zeros, are unpacked whatever size they state", async () => {
  const parts = [new Uint8Array(3_000_000).fill(1), Uint8Array.of(2, 3)];
  for (const order of [parts, parts.toReversed()]) {
    const packed = Buffer.concat(order.map((part) => gzipSync(part)));
    for (const end of [new Uint8Array(0), new Uint8Array(9)]) {
      const read = await readBytes(file("parts", Buffer.concat([packed, end])));
      expect(Buffer.compare(read, Buffer.concat(order))).toBe(0);
      expect(read.buffer.byteLength).toBe(read.length);
    }
  }
  expect((await readBytes(file("nothing", gzipSync(new Uint8Array(0))))).length).toBe(0);
});

test("a file that states no size is read to its end", async () => {
  expect(new TextDecoder().decode(await readBytes("/proc/self/status"))).toContain("VmRSS");
});

test("pipes, sockets and devices are refused at once, also through links", async () => {
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  symlinkSync("pipe", join(folder, "link"));
  const server = createServer().listen(join(folder, "socket"));
  await once(server, "listening");
  const paths = [pipe, join(folder, "link"), join(folder, "socket"), "/dev/zero", "/dev/null"];
  const messages: string[] = [];
  for (const path of paths) messages.push(await messageOf(readBytes(path)));
  server.close();
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: DIR/pipe: cannot read: is a pipe, not a file",
      "UsageError: DIR/link: cannot read: is a pipe, not a file",
      "UsageError: DIR/socket: cannot read: is a socket, not a file",
      "UsageError: /dev/zero: cannot read: is a device, not a file",
      "UsageError: /dev/null: cannot read: is a device, not a file",
    ]
  `);
});

test("standard input is refused where it is a pipe, and read where it is a file", () => {
  const script = `
    import { readBytes } from ${JSON.stringify(new URL("./read-file.ts", import.meta.url).href)};
    await readBytes("/dev/stdin").then((read) => console.log(read.length), (error) => console.log(String(error)));
  `;
  const flags = ["--import", import.meta.resolve("tsx"), "--input-type", "module", "--eval", script];
  const outputOf = (command: string) =>
    spawnSync("bash", ["-c", command, process.execPath, ...flags], { encoding: "utf8" }).stdout;
  expect(outputOf('sleep 0.1 | "$0" "$@"')).toMatchInlineSnapshot(`
    "UsageError: /dev/stdin: cannot read: is a pipe, not a file
    "
  `);
  expect(outputOf(`"$0" "$@" < ${file("input", new Uint8Array(5))}`)).toMatchInlineSnapshot(`
    "5
    "
  `);
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
