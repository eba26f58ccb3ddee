/** @file Makes the built-in digits if what they are made from has changed: `node --import tsx build/digits.ts`. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadMnist } from "glassnet/node";
import { builtInPlan, digitFiles } from "./digit-files.ts";

const folder = new URL("../public/digits/", import.meta.url);
const library = new URL("../../glassnet/", import.meta.url);

/** What decides the bits: the numbers of the plan, the code that makes the files, and the kernels. */
function digestOfInputs(): string {
  const hash = createHash("sha256").update(JSON.stringify(builtInPlan));
  const code = ["digit-files.ts", "../src/worker/network.ts", "../src/workspace/settings.ts"];
  const inputs = [
    ...code.map((path) => new URL(path, import.meta.url)),
    new URL("wasm/kernels.wasm", library),
    ...["nn", "train", "optim", "loss"].flatMap((name) => {
      const url = new URL(`src/${name}/`, library);
      return readdirSync(url)
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .map((file) => new URL(file, url));
    }),
  ];
  for (const url of inputs) hash.update(readFileSync(url));
  return hash.digest("hex");
}

const digest = digestOfInputs();
/** Beside the packages, so that it is not published. */
const note = new URL("../../../node_modules/.cache/glassnet-digits", import.meta.url);
if (!existsSync(new URL("model.safetensors", folder)) || !existsSync(note) || readFileSync(note, "utf8") !== digest) {
  const files = await digitFiles(await loadMnist(), builtInPlan);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(new URL(name, folder), bytes);
  mkdirSync(new URL(".", note), { recursive: true });
  writeFileSync(note, digest);
}
