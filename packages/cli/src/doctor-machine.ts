import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { hasRelaxedSimd, hasSharedMemory, hasSimd } from "glassnet/engine";

/** What a machine offers to whoever computes. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** How many threads run at the same time. */
  readonly processors: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Extensions of WebAssembly. */
  readonly wasm: { readonly simd: boolean; readonly relaxedSimd: boolean; readonly sharedMemory: boolean };
}

/** Asks Node and WebAssembly what there is. */
export function machineOf(): Machine {
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    processors: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "?", // some systems do not tell
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    wasm: { simd: hasSimd(), relaxedSimd: hasRelaxedSimd(), sharedMemory: hasSharedMemory() },
  };
}
