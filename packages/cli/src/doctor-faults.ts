import type { Device, NativeGap, NoticeCode, NoticeDetails, WasmRefusal } from "glassnet/engine";
import type { Messages } from "./messages/index.ts";

/** What is wrong, in words, and what to do about it. */
export interface Fault {
  readonly what: string;
  readonly remedy: string;
}

/** An add-on that is there and cannot be used. That there is none is no fault: it is optional, and wasm computes without. */
const faultsOfAddon: ReadonlySet<NativeGap> = new Set([
  "other-version",
  "other-system",
  "changed",
  "not-loadable",
  "other-kernels",
]);

export function nativeFault(refusal: NoticeDetails["native-not-used"], m: Messages): Fault | undefined {
  if (!faultsOfAddon.has(refusal.cause)) return undefined;
  const text = m.computing.doctor;
  const remedy = refusal.cause === "other-version" ? text.oneVersion : text.rebuild;
  return { what: text.nativeRefusal(refusal), remedy };
}

/** That a machine has no SIMD is told, and is no fault: nothing can be done about it. */
export function wasmFault(refusal: WasmRefusal, m: Messages): Fault | undefined {
  const text = m.computing.doctor;
  if (refusal.gap === "no-simd") return undefined;
  return { what: text.wasmRefusal(refusal), remedy: refusal.gap === "no-memory" ? text.closeOthers : text.install };
}

const faultsOfThreads: ReadonlySet<NoticeCode> = new Set(["fewer-threads", "thread-not-started", "thread-lost"]);

/** Threads that a device wanted and does not have. */
export function threadFaults({ notices }: Device, m: Messages): Fault[] {
  return notices
    .filter(({ code }) => faultsOfThreads.has(code))
    .map((notice) => ({ what: m.computing.noticeText(notice), remedy: m.computing.doctor.fewerThreads }));
}
