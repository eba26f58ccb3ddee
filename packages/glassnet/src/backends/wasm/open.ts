import { type Platform, platform } from "#platform";
import { UnsupportedError } from "../../core/errors.ts";
import type { Device, SyncDevice } from "../backend.ts";
import { openCompiled } from "../compiled/device.ts";
import { type KernelExports, WasmHost } from "./host.ts";
import { hasRelaxedSimd, hasSimd } from "./probe.ts";

export interface WasmOptions {
  /** Whether the fused multiplication with addition may be used whose bits depend on the machine. */
  readonly relaxed?: boolean;
  /** Threads; 1 where memory cannot be shared. */
  readonly threads?: number;
}

type OpenDevice = Device & { readonly sync: SyncDevice };

const INITIAL_PAGES = 32;
const MAX_PAGES = 65_536;

const assetOf = (variant: string): URL => new URL(`../../../wasm/${variant}.wasm`, import.meta.url);

function variantOf({ relaxed = true }: WasmOptions): { readonly file: string; readonly name: string } {
  if (!hasSimd()) {
    throw new UnsupportedError("unsupported", "wasm", "this machine's WebAssembly has no SIMD", {
      help: 'use the backend "reference", or a browser or Node of 2021 or later',
    });
  }
  const isRelaxed = relaxed && hasRelaxedSimd();
  return { file: isRelaxed ? "kernels-relaxed" : "kernels", name: isRelaxed ? "simd, relaxed multiply-add" : "simd" };
}

function cannotLoad(file: string, cause: unknown): UnsupportedError {
  const what = `cannot load ${file}.wasm, which belongs to the package: ${(cause as Error).message}`;
  return new UnsupportedError("unsupported", "wasm", what, { help: "install the package again", cause });
}

function openModule(name: string, module: WebAssembly.Module): OpenDevice {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return openCompiled(new WasmHost(name, instance.exports as unknown as KernelExports, memory));
}

/** Opens the kernels in WebAssembly. @throws UnsupportedError if there is no SIMD, or the module cannot be loaded. */
export async function openWasm(options: WasmOptions = {}): Promise<OpenDevice> {
  const { file, name } = variantOf(options);
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(await platform.readAsset(assetOf(file)));
  } catch (cause) {
    throw cannotLoad(file, cause);
  }
  return openModule(name, module);
}

/** The same at once; undefined where files cannot be read at once, as in browsers. */
export function openWasmSync(options: WasmOptions = {}): OpenDevice | undefined {
  const read: Platform["readAssetSync"] = platform.readAssetSync;
  if (read === undefined) return undefined;
  const { file, name } = variantOf(options);
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(read(assetOf(file)));
  } catch (cause) {
    throw cannotLoad(file, cause);
  }
  return openModule(name, module);
}
