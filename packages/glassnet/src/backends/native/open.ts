import { platform } from "#platform";
import { UnsupportedError } from "../../core/errors.ts";
import { kernelNames } from "../../program/lower/kernel-names.ts";
import type { Backend, BlockingDevice } from "../backend.ts";
import { openCompiled } from "../compiled/device.ts";
import { compiledGaps } from "../compiled/gaps.ts";
import { type Notice, tell } from "../notice.ts";
import type { NativeRefusal } from "../platform.ts";
import { hasKernels, type NativeAddon } from "./addon.ts";
import { NativeHost } from "./host.ts";

export interface NativeOptions {
  readonly threads?: number;
  /** Whether a program uses fewer threads where that is found to be faster. */
  readonly adaptive?: boolean;
  /** An instruction set, such as "avx2"; the best that the processor has if left out. */
  readonly variant?: string;
}

type Found = { readonly addon: NativeAddon } | NativeRefusal;

function find(variant: string | undefined): Found {
  const found = platform.loadNative(variant);
  if ("reason" in found) return found;
  const addon = found.addon as NativeAddon;
  if (hasKernels(addon, kernelNames)) return { addon };
  return { cause: "other-kernels", reason: "the add-on was built from another version's kernels" };
}

/** The C kernels, compiled for this processor, in an add-on for Node. */
export const native: Backend = {
  name: "native",
  gaps: compiledGaps,
  open: async () => openNativeSync(),
};

/** Why the native backend cannot be used here; undefined if it can. */
export function nativeGap(options: Pick<NativeOptions, "variant"> = {}): NativeRefusal | undefined {
  const found = find(options.variant);
  return "reason" in found ? found : undefined;
}

/** Opens the kernels in the native add-on. @throws UnsupportedError if there is none, or not for this machine. */
export function openNativeSync({ threads = 1, variant, adaptive = false }: NativeOptions = {}): BlockingDevice {
  const found = find(variant);
  if ("reason" in found) {
    throw new UnsupportedError("unsupported", "native", `there is no native add-on: ${found.reason}`, {
      help: 'use the backend "wasm", which needs none',
      details: { cause: found.cause, reason: found.reason },
    });
  }
  const { addon } = found;
  const started = addon.threads(threads);
  const notices: Notice[] = [];
  if (started < threads) tell(notices, "fewer-threads", { started, wanted: threads });
  return openCompiled(new NativeHost(addon, started, platform.memoryBytes), notices, adaptive);
}
