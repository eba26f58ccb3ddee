import { families } from "./families.ts";
import { givenIn, type Handler, type Handlers } from "./handler.ts";
import type { Kind, Outcome, ToPage, ToWorker } from "./protocol.ts";
import type { Session } from "./session.ts";
import { StudioError, troubleOf } from "./trouble.ts";

/** Requests that do not wait for their turn: they only set what the next training step looks at. */
const atOnce: ReadonlySet<string> = new Set<Kind>(["core/pause", "core/speed", "core/ping"]);

type Post = (message: ToPage, transfer: readonly ArrayBuffer[]) => void;

const isGenerator = (value: unknown): value is AsyncGenerator<unknown, unknown, undefined> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/**
 * Answers messages for a session: requests in their order, jobs in turns, pulls all at once. It knows no worker: `post` sends, so
 * tests need none.
 */
export class Desk {
  readonly #session: Session;
  readonly #post: Post;
  readonly #loaded = new Map<string, Promise<Handlers>>();
  readonly #cancelled = new Set<number>();
  /** The revision of the info that the page has. */
  #known = 0;

  constructor(session: Session, post: Post) {
    this.#session = session;
    this.#post = post;
  }

  /** What the page hears first. */
  opened(): void {
    this.#post({ type: "opened", status: this.#status() }, []);
  }

  async receive(message: ToWorker): Promise<void> {
    switch (message.type) {
      case "open":
        return;
      case "cancel":
        this.#cancelled.add(message.id);
        return;
      case "request":
        return this.#answer(message.id, message.kind, message.params);
      case "pull": {
        const { id, queries } = message;
        const outcomes = await this.#session.exclusively(async () => {
          const found: (Outcome & { key: number })[] = [];
          for (const { key, kind, params } of queries) found.push({ key, ...(await this.#outcome(kind, params)) });
          return found;
        });
        this.#post({ type: "pulled", id, outcomes, status: this.#status() }, givenIn(outcomes));
      }
    }
  }

  async #handlerOf(kind: string): Promise<Handler> {
    const [family = "", name = ""] = kind.split("/");
    if (!Object.hasOwn(families, family))
      throw new StudioError("not-there", `there is no family of requests "${family}"`);
    let loading = this.#loaded.get(family);
    if (loading === undefined) {
      loading = families[family as keyof typeof families]();
      this.#loaded.set(family, loading);
    }
    const handlers = await loading;
    if (!Object.hasOwn(handlers, name)) throw new StudioError("not-there", `there is no request "${kind}"`);
    return handlers[name]!;
  }

  async #outcome(kind: string, params: unknown): Promise<Outcome> {
    try {
      const handler = await this.#handlerOf(kind);
      return { answer: await handler(this.#session, params) };
    } catch (error) {
      return { trouble: troubleOf(error) };
    }
  }

  async #answer(id: number, kind: Kind, params: unknown): Promise<void> {
    const session = this.#session;
    try {
      const handler = await this.#handlerOf(kind);
      const call = () => handler(session, params);
      const first = await (atOnce.has(kind) ? call() : session.exclusively(call));
      const answer = isGenerator(first) ? await this.#work(id, first) : first;
      this.#post({ type: "answer", id, outcome: { answer }, status: this.#status() }, givenIn(answer));
    } catch (error) {
      this.#post({ type: "answer", id, outcome: { trouble: troubleOf(error) }, status: this.#status() }, []);
    } finally {
      this.#cancelled.delete(id);
    }
  }

  /** A job to its end, a turn at a time. One that is cancelled ends at its next `yield`, with `null` as its result. */
  async #work(id: number, job: AsyncGenerator<unknown, unknown, undefined>): Promise<unknown> {
    for (;;) {
      const isCancelled = this.#cancelled.has(id);
      const turn = await this.#session.exclusively(() => (isCancelled ? job.return(null) : job.next()));
      if (turn.done === true) return turn.value;
      this.#post({ type: "progress", id, progress: turn.value, status: this.#status() }, givenIn(turn.value));
      await messages();
    }
  }

  #status() {
    const status = this.#session.status(this.#known);
    this.#known = status.infoRevision;
    return status;
  }
}

/** Lets messages that have come in meanwhile be received. */
function messages(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
