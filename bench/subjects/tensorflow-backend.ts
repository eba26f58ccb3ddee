import * as tf from "@tensorflow/tfjs";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import { SubjectFault } from "../driver/protocol.ts";

/** Starts a backend of TensorFlow.js. Returns what should stand beside its version. */
export async function startBackend(backend: string, threads: number): Promise<string> {
  if (backend === "wasm") {
    wasm.setThreadsCount(threads);
    if (typeof location === "object") wasm.setWasmPaths("/"); // in a browser; see driver/chromium.ts
  }
  if (!(await tf.setBackend(backend))) throw new SubjectFault("absent", `the backend ${backend} does not start`);
  await tf.ready();
  if (backend !== "wasm") return "";
  const [simd, workers] = await Promise.all([
    tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"),
    tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT"),
  ]);
  const started = workers === true ? wasm.getThreadsCount() : 1;
  if (started !== threads) throw new SubjectFault("unsupported", `has no threads here, asked for ${threads}`);
  return `${simd === true ? ", SIMD" : ""}, ${started === 1 ? "1 thread" : `${started} threads`}`;
}
