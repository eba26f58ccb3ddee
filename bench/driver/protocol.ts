import type { Workload } from "../workloads/workload.ts";

/**
 * @file What the driver and a subject say to each other. A subject lives in a process or a page of its own; requests and
 * replies are JSON, one a line in processes. A subject does nothing unless it is asked.
 */

/** One way to run a subject: threads, backend. The best one counts. */
export interface Setting {
  /** Says what is special about it, such as "2 threads". */
  readonly label: string;
  readonly threads: number;
  /** Passed to the process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What only this subject understands, such as its backend. */
  readonly options?: Readonly<Record<string, string>>;
  /** In a browser, where it lives. */
  readonly home?: Home;
}

/** Where a subject lives in a browser. */
export interface Home {
  /** On the page's main thread, which may not wait for another, or in a module worker, which may. */
  readonly thread: "page" | "worker";
  /** Whether the page is isolated across origins, without which it has no shared memory and a coarse clock. */
  readonly isIsolated: boolean;
}

/** What a subject says of itself. */
export interface Description {
  /** Version and build, as printed beside every figure. */
  readonly version: string;
}

/** One turn of work. */
export interface Round {
  readonly iterations: number;
  readonly ms: number;
  /** Of each single iteration, where the workload asks for percentiles. */
  readonly latenciesMs?: readonly number[];
}

/** Every request, with its parameters and its result. */
export interface Requests {
  /** Loads the subject. */
  open: { params: { subject: string; setting: Setting }; result: Description };
  /** Makes the workload ready; the one before is given up. */
  prepare: { params: { workload: Workload; precision: "f32" | "f64" }; result: null };
  /** Computes what can be compared; see `answerTo`. */
  check: { params: null; result: readonly number[] };
  /** Works for about `ms`, at least one iteration; some more before the clock starts if there is time. */
  round: { params: { ms: number }; result: Round };
  /** The most memory that the process ever held; null where it does not know. */
  memory: { params: null; result: { peakBytes: number | null } };
}

export type Method = keyof Requests;
export type Params<M extends Method> = Requests[M]["params"];
export type Result<M extends Method> = Requests[M]["result"];

/**
 * - `absent`: the subject is not there: not installed, no such backend
 * - `unsupported`: it is there, but cannot do this workload
 * - `wrong`: what it computes is not the answer
 * - `failed`: anything else
 */
export type FaultKind = "absent" | "unsupported" | "wrong" | "failed";

export type Request = {
  readonly [M in Method]: { readonly id: number; readonly method: M; readonly params: Params<M> };
}[Method];

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly fault: FaultKind; readonly message: string };

/** Why a subject has no figure. */
export class SubjectFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.name = "SubjectFault";
    this.kind = kind;
  }
}

/** A subject to talk to. */
export interface Connection {
  /** @throws SubjectFault, also if there is no reply in time; the connection is then closed. */
  call<M extends Method>(method: M, params: Params<M>, timeoutMs: number): Promise<Result<M>>;
  close(): Promise<void>;
}

/** @throws Error unless the line is a reply. */
export function parseReply(line: string): Reply {
  const reply: unknown = JSON.parse(line);
  if (typeof reply === "object" && reply !== null && "id" in reply && typeof reply.id === "number") {
    if ("result" in reply) return reply as Reply;
    if ("fault" in reply && "message" in reply) return reply as Reply;
  }
  throw new Error(`not a reply: ${line.slice(0, 200)}`);
}

/** Serves one request after the other: what every subject in JavaScript runs. */
export type Handlers = { readonly [M in Method]: (params: Params<M>) => Promise<Result<M>> };

export async function answer(handlers: Handlers, request: Request): Promise<Reply> {
  const { id, method, params } = request;
  try {
    const handle = handlers[method] as (params: unknown) => Promise<unknown>;
    return { id, result: await handle(params) };
  } catch (error) {
    if (error instanceof SubjectFault) return { id, fault: error.kind, message: error.message };
    const message = error instanceof Error ? error.message : String(error);
    return { id, fault: "failed", message: message.split("\n")[0]!.slice(0, 300) };
  }
}

declare global {
  /** In a page: what the driver calls. */
  var ask: (request: Request) => Promise<Reply>;
}
