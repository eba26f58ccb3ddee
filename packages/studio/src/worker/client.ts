import { Store } from "../workspace/store.ts";
import type {
  Answer,
  Info,
  JobKind,
  JobResult,
  Kind,
  Outcome,
  Params,
  Progress,
  RequestKind,
  Status,
  ToPage,
  ToWorker,
  Trouble,
} from "./protocol.ts";

/** The part of a worker that is used; tests give one that runs in their own thread. */
export interface Port {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  onmessage: ((event: { readonly data: ToPage }) => void) | null;
  onerror: ((event: { readonly message?: string; preventDefault?(): void }) => void) | null;
  terminate(): void;
}

/** A worker that has said nothing for so long, while something is asked of it, is asked whether it lives … */
const SILENT_MS = 4000;
/** … and is given up when that is not answered either. Nothing that it does in one piece takes nearly as long. */
const GIVE_UP_MS = 12_000;
const WATCH_EVERY_MS = 1000;

/** Calls back at the next frame. */
export type NextFrame = (callback: () => void) => void;

/** A request that failed, with the worker's reason. */
export class RequestError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

export type Connection = "opening" | "open" | "lost" | "failed";

/** What is known of the session without asking. */
export interface Known {
  readonly connection: Connection;
  /** Why there is no session, or why it was lost. */
  readonly trouble: Trouble | undefined;
  readonly status: Status | undefined;
  readonly info: Info | undefined;
}

/** The latest answer to a question that is asked again whenever the answer may have changed. */
export interface Live<T> {
  /** `undefined` until the first answer. It stays while a new one is under way. */
  readonly data: T | undefined;
  readonly trouble: Trouble | undefined;
  /** The revision of the session that `data` belong to. */
  readonly revision: number;
}

interface Watch {
  readonly key: number;
  readonly kind: RequestKind;
  params: unknown;
  readonly tell: (outcome: Outcome, revision: number) => void;
  /** Revision of the last answer; -1 to ask again. */
  revision: number;
  /** Not more often than this, while training. */
  readonly everyMs: number;
  askedAt: number;
}

interface Pending {
  readonly settle: (outcome: Outcome) => void;
  readonly progress?: ((progress: unknown) => void) | undefined;
}

export interface WatchOptions {
  /** Ask at most so often while training. Every frame by default. */
  readonly everyMs?: number;
}

export interface Job<K extends JobKind> {
  /** `null` if it was cancelled. */
  readonly done: Promise<JobResult<K> | null>;
  cancel(): void;
}

/**
 * The page's side of the session. It pulls: at most once a frame, and only if something may have changed, one message asks all that
 * is watched, and one answers. While a page is hidden there are no frames, and nothing is asked.
 */
export class Client {
  readonly known = new Store<Known>({ connection: "opening", trouble: undefined, status: undefined, info: undefined });
  readonly #open: () => Port;
  readonly #base: string;
  readonly #nextFrame: NextFrame;
  #port: Port;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();
  readonly #watches = new Map<number, Watch>();
  #pulling: number | undefined;
  #isFrameDue = false;
  #isClosed = false;
  #heardAt = performance.now();
  #pingedAt: number | undefined;
  readonly #watchdog: ReturnType<typeof setInterval>;

  constructor(open: () => Port, base: string, nextFrame: NextFrame) {
    this.#open = open;
    this.#base = base;
    this.#nextFrame = nextFrame;
    this.#port = this.#connect();
    this.#watchdog = setInterval(() => this.#checkLife(), WATCH_EVERY_MS);
  }

  /** A worker may end without a word, as when memory runs out. */
  #checkLife(): void {
    const isWaited = this.#pending.size > 0 || this.#pulling !== undefined;
    if (this.known.get().connection !== "open" || !isWaited) return;
    const now = performance.now();
    if (this.#pingedAt !== undefined && now - this.#pingedAt > GIVE_UP_MS) {
      this.lose("the worker does not answer any more");
    } else if (this.#pingedAt === undefined && now - this.#heardAt > SILENT_MS) {
      this.#pingedAt = now;
      this.#send({ type: "request", id: this.#nextId++, kind: "core/ping", params: undefined });
    }
  }

  #connect(): Port {
    const port = this.#open();
    port.onmessage = ({ data }) => this.#receive(data);
    port.onerror = (event) => {
      event.preventDefault?.();
      this.lose(event.message ?? "the worker ended");
    };
    port.postMessage({ type: "open", base: this.#base }, []);
    return port;
  }

  /** The worker is gone: what was asked fails, and the page says so. */
  lose(message: string): void {
    this.#port.onmessage = null;
    this.#port.onerror = null;
    this.#port.terminate();
    const trouble: Trouble = { code: "worker-lost", message };
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#pulling = undefined;
    this.#pingedAt = undefined;
    this.known.update((known) => ({ ...known, connection: "lost", trouble }));
    for (const { settle } of pending) settle({ trouble });
  }

  /** Begins a new session in the place of one that was lost. */
  restart(): void {
    this.known.update(({ info }) => ({ connection: "opening", trouble: undefined, status: undefined, info }));
    for (const watch of this.#watches.values()) watch.revision = -1;
    this.#port = this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#watchdog);
    this.#port.terminate();
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #receive(message: ToPage): void {
    this.#heardAt = performance.now();
    this.#pingedAt = undefined;
    if (message.type === "failed") {
      this.known.update((known) => ({ ...known, connection: "failed", trouble: message.trouble }));
      return;
    }
    this.#note(message.status);
    switch (message.type) {
      case "opened":
        break;
      case "answer": {
        const pending = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        pending?.settle(message.outcome);
        break;
      }
      case "progress":
        this.#pending.get(message.id)?.progress?.(message.progress);
        break;
      case "pulled": {
        if (message.id === this.#pulling) this.#pulling = undefined;
        for (const { key, ...outcome } of message.outcomes) {
          const watch = this.#watches.get(key);
          if (watch === undefined || watch.askedAt !== message.id) continue; // its parameters have changed since
          watch.revision = message.status.revision;
          watch.tell(outcome, message.status.revision);
        }
      }
    }
    this.#askSoon();
  }

  #note(status: Status): void {
    const { info, ...rest } = status;
    this.known.update((known) => ({
      connection: "open",
      trouble: undefined,
      status: same(known.status, rest) ? known.status : rest,
      info: info ?? known.info,
    }));
  }

  /**
   * Asks once. It is answered after what was asked before; training goes on between two requests.
   *
   * @throws RequestError with the worker's reason
   */
  request<K extends RequestKind>(
    kind: K,
    ...[params, transfer]: undefined extends Params<K>
      ? [params?: Params<K>, transfer?: Transferable[]]
      : [params: Params<K>, transfer?: Transferable[]]
  ): Promise<Answer<K>> {
    return this.#ask(kind, params, undefined, transfer).done as Promise<Answer<K>>;
  }

  /** Starts a job, and hears of its progress. */
  job<K extends JobKind>(kind: K, params: Params<K>, onProgress?: (progress: Progress<K>) => void): Job<K> {
    const { id, done } = this.#ask(kind, params, onProgress as ((progress: unknown) => void) | undefined);
    return { done: done as Promise<JobResult<K> | null>, cancel: () => this.#send({ type: "cancel", id }) };
  }

  #ask(
    kind: Kind,
    params: unknown,
    progress?: (progress: unknown) => void,
    transfer?: Transferable[],
  ): { id: number; done: Promise<unknown> } {
    const id = this.#nextId++;
    const done = new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        if ("trouble" in outcome) reject(new RequestError(outcome.trouble));
        else resolve(outcome.answer);
      };
      this.#pending.set(id, { settle, progress });
      const { connection, trouble } = this.known.get();
      if (connection === "lost" && trouble !== undefined) {
        this.#pending.delete(id);
        reject(new RequestError(trouble));
      } else {
        this.#whenOpen(() => this.#send({ type: "request", id, kind, params }, transfer));
      }
    });
    return { id, done };
  }

  #whenOpen(work: () => void): void {
    if (this.known.get().connection !== "opening") {
      work();
      return;
    }
    const stop = this.known.subscribe(() => {
      if (this.known.get().connection === "opening") return;
      stop();
      work();
    });
  }

  /**
   * Asks again whenever the answer may have changed, at most once a frame, and tells every answer. It is the thing to draw from:
   * `tell` may write to a canvas without React. Returns how to change the parameters, and how to stop.
   */
  watch<K extends RequestKind>(
    kind: K,
    params: Params<K>,
    tell: (live: Live<Answer<K>>) => void,
    { everyMs = 0 }: WatchOptions = {},
  ): { set(params: Params<K>): void; stop(): void } {
    const key = this.#nextId++;
    let data: Answer<K> | undefined;
    const watch: Watch = {
      ...{ key, kind, params, everyMs, revision: -1, askedAt: 0 },
      tell: (outcome, revision) => {
        if ("answer" in outcome) data = outcome.answer as Answer<K>;
        tell({ data, trouble: "trouble" in outcome ? outcome.trouble : undefined, revision });
      },
    };
    this.#watches.set(key, watch);
    this.#askSoon();
    return {
      set: (next) => {
        watch.params = next;
        watch.revision = -1;
        watch.askedAt = 0;
        this.#askSoon();
      },
      stop: () => this.#watches.delete(key),
    };
  }

  /** Pulls at the next frame, if there is something to pull. */
  #askSoon(): void {
    if (this.#isFrameDue || this.#isClosed) return;
    const { status } = this.known.get();
    const revision = status?.revision ?? 0;
    const isRunning = status !== undefined && status.running !== null;
    const isBehind = [...this.#watches.values()].some((watch) => watch.revision < revision);
    if (!isRunning && !isBehind) return;
    this.#isFrameDue = true;
    this.#nextFrame(() => {
      this.#isFrameDue = false;
      this.#pull();
    });
  }

  #pull(): void {
    const { connection, status } = this.known.get();
    if (connection !== "open" || status === undefined || this.#pulling !== undefined || this.#isClosed) return;
    const now = performance.now();
    const isRunning = status.running !== null;
    const due = [...this.#watches.values()].filter(
      (watch) => watch.revision < status.revision && (watch.revision < 0 || !isRunning || now >= this.#dueAt(watch)),
    );
    if (due.length === 0 && !isRunning) return;
    const id = this.#nextId++;
    this.#pulling = id;
    for (const watch of due) {
      watch.askedAt = id;
      this.#askedMs.set(watch.key, now);
    }
    const queries = due.map(({ key, kind, params }) => ({ key, kind, params }));
    this.#send({ type: "pull", id, queries });
  }

  readonly #askedMs = new Map<number, number>();

  #dueAt({ key, everyMs }: Watch): number {
    return (this.#askedMs.get(key) ?? 0) + everyMs;
  }
}

function same(a: Status | undefined, b: Status): boolean {
  if (a === undefined) return false;
  return (Object.keys(b) as (keyof Status)[]).every((name) => Object.is(a[name], b[name]));
}
