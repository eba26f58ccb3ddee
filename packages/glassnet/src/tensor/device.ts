import { platform } from "#platform";
import type { Backend, BlockingDevice, Device } from "../backends/backend.ts";
import { withFallback, withNotices } from "../backends/fallback.ts";
import { native, nativeGap, openNativeSync } from "../backends/native/open.ts";
import { type Notice, tell, type WasmRefusal } from "../backends/notice.ts";
import { openReference } from "../backends/reference/device.ts";
import { openWasm, openWasmSync, wasm } from "../backends/wasm/open.ts";
import { GlassnetError, UnsupportedError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionTable } from "../core/option.ts";

const MAX_THREADS = 64;

/** The options of a device: checks, defaults and help. */
export const deviceOptions = {
  backend: {
    kind: "choice",
    of: ["auto", "native", "wasm", "reference"],
    default: "auto",
    help: "what computes: the kernels in a native add-on or in WebAssembly, or plain TypeScript; auto takes the first there is",
  },
  threads: {
    kind: "integer",
    min: 1,
    max: MAX_THREADS,
    default: Math.min(platform.processors, MAX_THREADS),
    help: "threads that may share a program; results do not depend on it",
  },
  reproducible: {
    kind: "flag",
    default: false,
    help: "the same bits on every machine: WebAssembly without the multiply-add that rounds as the machine likes",
  },
} as const satisfies OptionTable;

export interface DeviceOptions {
  /** "auto" (default) takes the fastest that there is. */
  readonly backend?: "auto" | "native" | "wasm" | "reference";
  /** All that the machine has, by default. */
  readonly threads?: number;
  /** Whether results must be the same bits on every machine. */
  readonly reproducible?: boolean;
}

interface Choice {
  readonly backend: "auto" | "native" | "wasm" | "reference";
  readonly threads: number;
  readonly reproducible: boolean;
}

function choiceOf(options: DeviceOptions): Choice {
  checkNames("openDevice", deviceOptions, options);
  const choice = {
    backend: options.backend ?? deviceOptions.backend.default,
    threads: options.threads ?? deviceOptions.threads.default,
    reproducible: options.reproducible ?? deviceOptions.reproducible.default,
  };
  for (const name of ["backend", "threads", "reproducible"] as const) {
    checkOption("openDevice", name, deviceOptions[name], choice[name]);
  }
  if (choice.backend === "native" && choice.reproducible) {
    throw new UnsupportedError("unsupported", "openDevice", "the native backend's bits depend on the processor", {
      help: 'leave the backend out, or choose "wasm" or "reference"',
    });
  }
  return choice;
}

/**
 * The reference backend, because WebAssembly is not to be had. What auto falls back from is a notice, in one line; what was
 * asked for by name is an error, with what to do.
 */
function withoutWasm(error: unknown, notices: readonly Notice[]): BlockingDevice {
  if (!(error instanceof GlassnetError)) throw error;
  const reason = error.message.replace(/^wasm: /, "").replace(/\n +help: /, "; ");
  const all = [...notices];
  tell(all, "wasm-not-used", { ...(error.details as unknown as WasmRefusal), cause: error.code, reason });
  return withMore(openReference(), all);
}

/** A device with the reference behind it, for what its backend lacks. */
const complete = (device: BlockingDevice, { gaps }: Backend): BlockingDevice =>
  withFallback(device, openReference(), gaps);

/** The same device, with more to tell. */
const withMore = (device: BlockingDevice, notices: readonly Notice[]): BlockingDevice =>
  notices.length === 0 ? device : withNotices(device, () => [...notices, ...device.notices]);

/**
 * Opens a device: what computes, and where the state of programs lies. Its `notices` say why a faster backend was not
 * taken.
 *
 * @throws UnsupportedError if the backend that was asked for cannot run here; UsageError for options that do not exist.
 * @example
 * const device = await openDevice({ backend: "wasm", threads: 2 });
 * for await (const event of train(model, data, { loss: crossEntropy, device })) console.log(event);
 */
export async function openDevice(options: DeviceOptions = {}): Promise<Device> {
  const { backend, threads, reproducible } = choiceOf(options);
  if (backend === "reference") return openReference();
  const notices: Notice[] = [];
  if (backend === "native") return complete(openNativeSync({ threads, adaptive: true }), native);
  const fastest = backend === "auto" && !reproducible ? nativeOr(threads, notices) : undefined;
  if (fastest !== undefined) return fastest;
  try {
    return complete(withMore(await openWasm({ relaxed: !reproducible, threads, adaptive: true }), notices), wasm);
  } catch (error) {
    if (backend !== "auto") throw error;
    return withoutWasm(error, notices);
  }
}

/** The native device, or a notice why there is none. Nobody misses it in a browser. */
function nativeOr(threads: number, notices: Notice[]): BlockingDevice | undefined {
  const gap = nativeGap();
  if (gap === undefined) return complete(openNativeSync({ threads, adaptive: true }), native);
  if (platform.name === "node") tell(notices, "native-not-used", gap);
  return undefined;
}

let shared: Device | undefined;
let opening: Promise<Device> | undefined;

/** The device for a call that may wait: the one that was named, or the default, which is opened on first use. */
export async function deviceOr(named: Device | undefined): Promise<Device> {
  if (named !== undefined) return named;
  if (shared !== undefined) return shared;
  if (platform.readAssetSync !== undefined) return defaultDevice();
  opening ??= openDevice();
  shared = await opening;
  return shared;
}

/**
 * The device that is used where none is named. Where files cannot be read at once, as in browsers, it is the reference
 * backend until the first call that may wait has opened a faster one.
 */
export function defaultDevice(): Device {
  if (shared !== undefined) return shared;
  const device = openAtOnce();
  if (platform.readAssetSync !== undefined) shared = device;
  return device;
}

let plain: BlockingDevice | undefined;

/** The reference backend, for work so small that it is done sooner than a program could be made ready for another. */
export function plainDevice(): BlockingDevice {
  plain ??= openReference();
  return plain;
}

function openAtOnce(): Device {
  const threads = deviceOptions.threads.default;
  const notices: Notice[] = [];
  const fastest = nativeOr(threads, notices);
  if (fastest !== undefined) return fastest;
  try {
    const device = openWasmSync({ threads, adaptive: true });
    return device === undefined ? plainDevice() : complete(withMore(device, notices), wasm);
  } catch (error) {
    return withoutWasm(error, notices);
  }
}
