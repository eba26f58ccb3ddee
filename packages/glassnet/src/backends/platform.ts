/**
 * @file What the backends need of the machine beyond the language, as browsers have it. Node has its own form,
 * `node/platform.ts`; the package's import `#platform` is one or the other.
 */

import type { NativeGap } from "./notice.ts";

/** Another thread that runs a module of ours. */
export interface Thread {
  /** Sends it what it starts with. */
  post(message: unknown): void;
  /** Called with what it sends. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called if it fails or ends, with the reason. */
  onEnd(listener: (reason: string) => void): void;
  /** Whether the process waits for it; has no meaning in a browser. */
  keepAlive(isAwaited: boolean): void;
  stop(): void;
}

/** Why there is no native add-on. */
export interface NativeRefusal {
  readonly cause: NativeGap;
  readonly reason: string;
}

/** The exports of the native add-on, or why there is none. */
export type NativeResult = { readonly addon: unknown } | NativeRefusal;

export interface Platform {
  readonly name: "node" | "browser";
  /** The bytes of a file that belongs to the package. */
  readAsset(url: URL): Promise<Uint8Array<ArrayBuffer>>;
  /** The same at once, where that is possible. */
  readonly readAssetSync: ((url: URL) => Uint8Array<ArrayBuffer>) | undefined;
  /** How many threads the machine runs at the same time. */
  readonly processors: number;
  /** Whether the calling thread may wait for another one. That of a web page may not: there others run programs without it. */
  readonly canWait: boolean;
  /** Starts a thread with `wasm/thread.js`. The process does not wait for it. */
  startThread(): Thread;
  /** Loads the native add-on: the best variant for the processor, or the one that is named. */
  loadNative(variant?: string): NativeResult;
  /** How much memory there is, for all that runs. */
  readonly memoryBytes: number;
}

declare const navigator: { readonly hardwareConcurrency?: number } | undefined;
declare function fetch(
  url: URL,
): Promise<{ readonly ok: boolean; readonly status: number; arrayBuffer(): Promise<ArrayBuffer> }>;
declare class Worker {
  constructor(url: URL, options: { type: "module" });
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}
declare class WorkerGlobalScope {}
declare function atob(base64: string): string;

function startThread(): Thread {
  // In this form, and in no other, bundlers see that the file is the start of a worker.
  const worker = new Worker(new URL("../../wasm/thread.js", import.meta.url), { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => {
      worker.onmessage = ({ data }) => listener(data);
    },
    onEnd: (listener) => {
      worker.onerror = ({ message }) => listener(message ?? "its module could not be loaded");
    },
    keepAlive: () => undefined,
    stop: () => worker.terminate(),
  };
}

/** What an address holds that a bundler put in the place of a file. Pages may be forbidden to fetch those. */
function bytesOf(dataUrl: string): Uint8Array<ArrayBuffer> {
  const text = atob(dataUrl.slice(dataUrl.indexOf(",") + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export const platform: Platform = {
  name: "browser",
  canWait: typeof WorkerGlobalScope !== "undefined" && globalThis instanceof WorkerGlobalScope,
  loadNative: () => ({ cause: "browser", reason: "browsers have no native add-ons" }),
  memoryBytes: Number.POSITIVE_INFINITY,
  startThread,
  processors: typeof navigator === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 1),
  readAssetSync: undefined,
  readAsset: async (url) => {
    if (url.protocol === "data:") return bytesOf(url.href);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};
