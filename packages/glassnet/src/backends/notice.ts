import type { ErrorCode } from "../core/errors.ts";

/** Why there is no native add-on to use. Stable, as the codes of errors are. */
export type NativeGap =
  | "browser"
  | "not-installed"
  | "other-version"
  | "not-run"
  | "no-compiler"
  | "no-make"
  | "no-gyp"
  | "no-headers"
  | "windows"
  | "architecture"
  | "build-failed"
  | "other-system"
  | "changed"
  | "not-loadable"
  | "no-variant"
  | "processor"
  | "other-kernels";

/** Why the kernels in WebAssembly cannot be used. */
export type WasmGap = "no-simd" | "no-memory" | "file-missing" | "file-unreadable" | "not-kernels";

/** The same with what it is about: a file of the package, and what the system or WebAssembly says of it. */
export interface WasmRefusal {
  readonly gap: WasmGap;
  readonly file?: string;
  readonly says?: string;
}

/** Why WebAssembly computes on one thread. */
export type OneThreadCause = "not-isolated" | "not-shared" | "single-file";

/** What each kind of notice tells, for programs and translations. Texts in them are in English. */
export interface NoticeDetails {
  readonly "native-not-used": { readonly cause: NativeGap; readonly reason: string };
  readonly "wasm-not-used": WasmRefusal & { readonly cause: ErrorCode; readonly reason: string };
  readonly "one-thread": { readonly cause: OneThreadCause };
  readonly "fewer-threads": { readonly started: number; readonly wanted: number };
  readonly "thread-not-started": { readonly reason: string };
  readonly "thread-lost": { readonly reason: string };
  /** A program ran on the backend `by`, because `backend` lacks what it needs. */
  readonly "left-to-another": {
    readonly backend: string;
    readonly by: string;
    /** A primitive, or a buffer with its type. */
    readonly what: string;
    readonly reason: string;
  };
}

export type NoticeCode = keyof NoticeDetails;

/** One of the kinds of notice there are. */
export type NoticeOf<C extends NoticeCode> = {
  readonly code: C;
  /** In English. */
  readonly message: string;
  /** The same facts for programs and translations. */
  readonly details: NoticeDetails[C];
};

/** What the user should know of a device, told once. Codes are stable: programs and translations may rely on them. */
export type Notice = { [C in NoticeCode]: NoticeOf<C> }[NoticeCode];

const causesOfOneThread: { readonly [C in OneThreadCause]: string } = {
  "not-isolated": "memory is not shared, because the page is not cross-origin isolated",
  "not-shared": "memory cannot be shared",
  "single-file": "the single-file build has no kernels for threads",
};

const messages: { readonly [C in NoticeCode]: (details: NoticeDetails[C]) => string } = {
  "native-not-used": ({ reason }) => `the native backend is not used: ${reason}`,
  "wasm-not-used": ({ reason }) => `the wasm backend is not used: ${reason}`,
  "one-thread": ({ cause }) => `wasm: computes on one thread: ${causesOfOneThread[cause]}`,
  "fewer-threads": ({ started, wanted }) => `the system has started ${started} of ${wanted} threads`,
  "thread-not-started": ({ reason }) => `wasm: a thread could not start: ${reason}`,
  "thread-lost": ({ reason }) => `wasm: computes on one thread, because another was lost: ${reason}`,
  "left-to-another": ({ backend, by, what, reason }) =>
    `runs on the backend "${by}" what "${backend}" cannot: ${what}: ${reason}`,
};

export function noticeOf<C extends NoticeCode>(code: C, details: NoticeDetails[C]): NoticeOf<C> {
  return { code, message: messages[code](details), details };
}

/** Adds a notice, unless the same was told before. */
export function tell<C extends NoticeCode>(notices: Notice[], code: C, details: NoticeDetails[C]): void {
  const notice = noticeOf(code, details) as Notice;
  if (!notices.some(({ message }) => message === notice.message)) notices.push(notice);
}
