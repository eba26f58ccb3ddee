import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { Worker } from "node:worker_threads";
import type { Platform, Thread } from "../backends/platform.ts";
import { loadNative } from "./load-native.ts";

function startThread(): Thread {
  // Without the flags of the process: a loader of TypeScript, say, would only delay it.
  const worker = new Worker(new URL("../../wasm/thread.js", import.meta.url), { execArgv: [] });
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on("message", listener),
    onEnd: (listener) => {
      worker.on("error", (error) => listener(error instanceof Error ? error.message : String(error)));
      worker.on("exit", (code) => listener(`it ended with exit code ${code}`));
    },
    keepAlive: (isAwaited) => (isAwaited ? worker.ref() : worker.unref()),
    stop: () => void worker.terminate(),
  };
}

/** That of the machine, or what its keeper lets this process have. */
function memoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** What the backends need of the machine, in Node. */
export const platform: Platform = {
  name: "node",
  processors: availableParallelism(),
  canWait: true,
  loadNative,
  memoryBytes: memoryBytes(),
  startThread,
  readAssetSync: (url) => new Uint8Array(readFileSync(url)),
  readAsset: async (url) => new Uint8Array(await readFile(url)),
};
