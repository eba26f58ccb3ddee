import { platform } from "#platform";
import { ResourceError } from "../../core/errors.ts";
import type { Thread } from "../platform.ts";

/** What a module of the kernels exports. */
export interface KernelExports {
  run(program: number, steps: number): number;
  readonly __stack_pointer: WebAssembly.Global;
  readonly __heap_base: WebAssembly.Global;
}

/** And what it exports if it was built for threads. */
export interface ThreadedExports extends KernelExports {
  lead(mailbox: number, program: number, steps: number, threads: number): number;
  crew(mailbox: number): number;
  fail(mailbox: number): void;
}

/** `struct Mailbox` of `kernels/wasm.c`. */
export const MAILBOX_BYTES = 64;
/** As the modules are linked: `stack-size` in `kernels/build.js`. */
export const STACK_BYTES = 65_536;
/** How many threads the low byte of a call's number can name. */
export const MAX_THREADS = 255;

const NOT_BEGUN = -1;
const NOT_FINISHED = -2;

export interface CrewParts {
  readonly exports: ThreadedExports;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Zeros, in the shared memory. */
  readonly mailbox: number;
  /** Where the stack of each further thread begins: its highest address. */
  readonly stacks: readonly number[];
  /** Tells the user that there are fewer threads than wanted. */
  readonly notice: (code: "thread-not-started" | "thread-lost", reason: string) => void;
}

/** How threads know their crew: until all have joined or failed they keep it alive, because somebody may wait for that. */
interface Hold {
  crew: Crew | undefined;
  readonly weak: WeakRef<Crew>;
}

/** Threads outlive whoever started them, since they wait for ever: they are stopped when their crew is collected. */
let abandoned: FinalizationRegistry<readonly Thread[]> | undefined;

/**
 * Threads that run programs along with the calling one. They start when they are first wanted and take part from when
 * they are there; nobody waits for that, because results do not depend on their number.
 */
export class Crew {
  /** The calling thread included. */
  readonly size: number;
  readonly #parts: CrewParts;
  #threads: Thread[] | undefined;
  #hold: Hold | undefined;
  /** Threads that neither joined nor failed yet. */
  #pending = 0;
  #whenJoined: ((count: number) => void)[] = [];
  #isAlone = false;
  #failure: ResourceError | undefined;

  constructor(parts: CrewParts) {
    this.#parts = parts;
    this.size = parts.stacks.length + 1;
  }

  /** Starts the threads, and resolves to how many there are when all have joined or failed. */
  joined(): Promise<number> {
    this.#start();
    return new Promise((resolve) => {
      this.#whenJoined.push(resolve);
      for (const thread of this.#threads ?? []) thread.keepAlive(true);
      this.#settle();
    });
  }

  #start(): void {
    if (this.#threads !== undefined) return;
    const { module, memory, mailbox, stacks } = this.#parts;
    const hold: Hold = { crew: this, weak: new WeakRef(this) };
    this.#hold = hold;
    this.#threads = [];
    this.#pending = stacks.length;
    for (const stack of stacks) {
      let thread: Thread;
      try {
        thread = platform.startThread();
      } catch (cause) {
        this.#ended(false, (cause as Error).message);
        continue;
      }
      let hasJoined = false;
      let hasEnded = false;
      thread.onMessage(() => {
        hasJoined = true;
        const alive = hold.weak.deref();
        if (alive !== undefined) alive.#joinedOne();
      });
      thread.onEnd((reason) => {
        if (hasEnded) return;
        hasEnded = true;
        const alive = hold.weak.deref();
        if (alive !== undefined) alive.#ended(hasJoined, reason);
      });
      thread.post({ module, memory, mailbox, stack });
      this.#threads.push(thread);
    }
    abandoned ??= new FinalizationRegistry(stop);
    abandoned.register(this, this.#threads);
  }

  #joinedOne(): void {
    this.#pending--;
    this.#settle();
  }

  #settle(): void {
    if (this.#pending > 0) return;
    if (this.#hold !== undefined) this.#hold.crew = undefined;
    for (const thread of this.#threads ?? []) thread.keepAlive(false);
    const count = this.#count();
    for (const resolve of this.#whenJoined) resolve(count);
    this.#whenJoined = [];
  }

  #count(): number {
    return this.#isAlone ? 1 : this.#parts.exports.crew(this.#parts.mailbox);
  }

  #ended(hadJoined: boolean, reason: string): void {
    if (hadJoined) {
      this.#dismiss(reason);
    } else {
      this.#pending--;
      this.#parts.notice("thread-not-started", reason);
      this.#settle();
    }
  }

  /** Goes on with the calling thread alone. */
  #dismiss(reason: string): void {
    if (this.#isAlone) return;
    this.#isAlone = true;
    stop(this.#threads ?? []);
    this.#parts.notice("thread-lost", reason);
  }

  /**
   * Runs a program on up to `threads` threads, the calling one included.
   *
   * @throws ResourceError if a thread was lost on the way; from then on every call throws it, because the lost one may still write
   */
  run(program: number, steps: number, threads: number): number {
    const { exports, mailbox } = this.#parts;
    if (this.#failure !== undefined) throw this.#failure;
    if (threads > 1 && this.#threads === undefined) this.#start();
    const present = threads > 1 ? Math.min(threads, this.#count()) : 1;
    if (present === 1) return exports.run(program, steps);
    let applied: number;
    try {
      applied = exports.lead(mailbox, program, steps, present);
    } catch (cause) {
      exports.fail(mailbox);
      throw this.#fail("the calling thread failed", cause);
    }
    if (applied === NOT_BEGUN) {
      this.#dismiss("it did not answer");
      return exports.run(program, steps);
    }
    if (applied === NOT_FINISHED) throw this.#fail("a thread was lost while a program ran");
    return applied;
  }

  #fail(what: string, cause?: unknown): ResourceError {
    this.#isAlone = true;
    stop(this.#threads ?? []);
    this.#failure = new ResourceError("thread-lost", "wasm", `${what}; the step was not finished`, {
      help: "open the device again, and go on from the last snapshot",
      ...(cause !== undefined && { cause }),
    });
    return this.#failure;
  }
}

function stop(threads: readonly Thread[]): void {
  for (const thread of threads) thread.stop();
}
