/**
 * @file What the backends need of the machine beyond the language, as browsers have it. Node has its own form,
 * `node/platform.ts`; the package's import `#platform` is one or the other.
 */

/** Another thread that runs a module of ours. */
export interface Thread {
  /** Sends it what it starts with. */
  post(message: unknown): void;
  /** Called if it fails or ends by itself. */
  onFailure(listener: (reason: string) => void): void;
  /** Whether the process waits for it; has no meaning in a browser. */
  keepAlive(isBusy: boolean): void;
  stop(): void;
}

export interface Platform {
  readonly name: "node" | "browser";
  /** The bytes of a file that belongs to the package. */
  readAsset(url: URL): Promise<Uint8Array<ArrayBuffer>>;
  /** The same at once, where that is possible. */
  readonly readAssetSync: ((url: URL) => Uint8Array<ArrayBuffer>) | undefined;
  /** How many threads the machine runs at the same time. */
  readonly processors: number;
}

declare const navigator: { readonly hardwareConcurrency?: number } | undefined;
declare function fetch(
  url: URL,
): Promise<{ readonly ok: boolean; readonly status: number; arrayBuffer(): Promise<ArrayBuffer> }>;

export const platform: Platform = {
  name: "browser",
  processors: typeof navigator === "undefined" ? 1 : (navigator.hardwareConcurrency ?? 1),
  readAssetSync: undefined,
  readAsset: async (url) => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};
