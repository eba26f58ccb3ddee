import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Platform } from "../backends/platform.ts";

/** What the backends need of the machine, in Node. */
export const platform: Platform = {
  name: "node",
  processors: availableParallelism(),
  readAssetSync: (url) => new Uint8Array(readFileSync(url)),
  readAsset: async (url) => new Uint8Array(await readFile(url)),
};
