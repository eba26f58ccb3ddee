import { type Platform, platform } from "#platform";
import { ResourceError, UnsupportedError } from "../../core/errors.ts";
import type { Backend, BlockingDevice } from "../backend.ts";
import { openCompiled } from "../compiled/device.ts";
import { compiledGaps } from "../compiled/gaps.ts";
import { type Notice, type OneThreadCause, tell, type WasmGap, type WasmRefusal } from "../notice.ts";
import { assetOf, hasAsset } from "./asset.ts";
import { type KernelExports, MAX_THREADS } from "./crew.ts";
import { WasmHost } from "./host.ts";
import { hasRelaxedSimd, hasSharedMemory, hasSimd } from "./probe.ts";

export interface WasmOptions {
  /** Whether the fused multiplication with addition may be used whose bits depend on the machine. */
  readonly relaxed?: boolean;
  /** Threads, the one that leads included; there is only that one where memory cannot be shared. Default 1. */
  readonly threads?: number;
  /** Whether a program uses fewer threads where that is found to be faster. */
  readonly adaptive?: boolean;
  /** How late a thread may be before it counts as lost. Default a minute. */
  readonly patienceMs?: number;
}

/** A device whose threads can be waited for. */
export interface WasmDevice extends BlockingDevice {
  /** Starts the threads, which otherwise happens on first use, and resolves to how many there are, the one that leads included. */
  joined(): Promise<number>;
}

const INITIAL_PAGES = 32;
const PAGES_A_GIB = 16_384;
/** What memory may grow to, in GiB: browsers on small machines set less aside than there are addresses. */
const MAXIMA = [4, 2, 1, 1 / 4];
const PATIENCE_MS = 60_000;

/** What is decided before anything is loaded. */
interface Plan {
  readonly file: string;
  readonly variant: string;
  readonly memory: WebAssembly.Memory;
  readonly threads: number;
  readonly patienceMs: number;
  readonly notices: Notice[];
}

function planOf({ relaxed = true, threads: wanted = 1, patienceMs = PATIENCE_MS }: WasmOptions): Plan {
  if (!hasSimd()) {
    throw new UnsupportedError("unsupported", "wasm", "this machine's WebAssembly has no SIMD", {
      help: 'use the backend "reference", or a browser or Node of 2021 or later',
      details: { gap: "no-simd" } satisfies WasmRefusal,
    });
  }
  const notices: Notice[] = [];
  const cause = wanted > 1 ? whyAlone() : undefined;
  if (cause !== undefined) tell(notices, "one-thread", { cause });
  const threads = cause === undefined ? Math.min(wanted, MAX_THREADS) : 1;
  const isRelaxed = relaxed && hasRelaxedSimd() && hasAsset("kernels-relaxed.wasm");
  return {
    file: `kernels${isRelaxed ? "-relaxed" : ""}${threads > 1 ? "-threads" : ""}.wasm`,
    variant: isRelaxed ? "simd, relaxed multiply-add" : "simd",
    memory: makeMemory(threads > 1),
    ...{ threads, patienceMs, notices },
  };
}

/** Why there cannot be more than one thread, if so. */
function whyAlone(): OneThreadCause | undefined {
  if (!hasSharedMemory()) return platform.name === "browser" ? "not-isolated" : "not-shared";
  return hasAsset("kernels-threads.wasm") ? undefined : "single-file";
}

function makeMemory(shared: boolean): WebAssembly.Memory {
  let cause: unknown;
  for (const gib of MAXIMA) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: gib * PAGES_A_GIB, shared });
    } catch (error) {
      cause = error;
    }
  }
  throw new ResourceError("out-of-memory", "wasm", "no memory to begin with, not even one that grows to 256 MiB only", {
    help: "close other pages or programs",
    details: { gap: "no-memory" } satisfies WasmRefusal,
    cause,
  });
}

/** Whether a file was not to be had, or is none of the kernels. */
function gapOf(cause: Error & { readonly code?: unknown }): WasmGap {
  if (cause.code === "ENOENT") return "file-missing";
  return cause.name === "CompileError" || cause instanceof NotKernels ? "not-kernels" : "file-unreadable";
}

function cannotLoad(file: string, cause: unknown): UnsupportedError {
  const says = (cause as Error).message;
  const what = `cannot load ${file}, which belongs to the package: ${says}`;
  const help =
    platform.name === "node"
      ? "install the package again"
      : "let the bundler take it along, or import glassnet/standalone, which holds it";
  const details = { gap: gapOf(cause as Error), file, says } satisfies WasmRefusal;
  return new UnsupportedError("unsupported", "wasm", what, { help, details, cause });
}

/** A module that is a sound one, but not of the kernels. */
class NotKernels extends Error {}

/** @throws NotKernels */
function kernelsOf({ exports }: WebAssembly.Instance): KernelExports {
  for (const name of ["run", "__heap_base", "__stack_pointer"]) {
    if (exports[name] === undefined) throw new NotKernels(`it is another module, which has no "${name}"`);
  }
  return exports as unknown as KernelExports;
}

function instanceOf(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, { env: { memory } });
  } catch (cause) {
    throw new NotKernels((cause as Error).message, { cause }); // it wants something else
  }
}

function openModule(module: WebAssembly.Module, plan: Plan, adaptive = false): WasmDevice {
  const { file, variant, memory, threads, patienceMs, notices } = plan;
  let exports: KernelExports;
  try {
    exports = kernelsOf(instanceOf(module, memory));
  } catch (cause) {
    throw cannotLoad(file, cause);
  }
  const notice = (code: "thread-not-started" | "thread-lost", reason: string): void => tell(notices, code, { reason });
  const host = new WasmHost(
    variant,
    exports,
    memory,
    threads > 1 ? { threads, patienceMs, module, notice } : undefined,
  );
  return { ...openCompiled(host, notices, adaptive), joined: async () => (await host.crew?.joined()) ?? 1 };
}

/** The C kernels, compiled to WebAssembly. */
export const wasm: Backend = {
  name: "wasm",
  gaps: compiledGaps,
  open: () => openWasm(),
};

/**
 * Opens the kernels in WebAssembly.
 *
 * @throws UnsupportedError if there is no SIMD or the module cannot be loaded; ResourceError if there is no memory.
 */
export async function openWasm(options: WasmOptions = {}): Promise<WasmDevice> {
  const plan = planOf(options);
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(await platform.readAsset(assetOf(plan.file)));
  } catch (cause) {
    throw cannotLoad(plan.file, cause);
  }
  return openModule(module, plan, options.adaptive);
}

/** The same at once; undefined where files cannot be read at once, as in browsers. */
export function openWasmSync(options: WasmOptions = {}): WasmDevice | undefined {
  const read: Platform["readAssetSync"] = platform.readAssetSync;
  if (read === undefined) return undefined;
  const plan = planOf(options);
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(read(assetOf(plan.file)));
  } catch (cause) {
    throw cannotLoad(plan.file, cause);
  }
  return openModule(module, plan, options.adaptive);
}
