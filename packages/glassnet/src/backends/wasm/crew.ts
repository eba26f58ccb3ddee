import { platform } from "#platform";
import { ResourceError } from "../../core/errors.ts";
import type { HostRun, Outcome } from "../compiled/host.ts";
import type { Thread } from "../platform.ts";
import { Order } from "./leader.ts";

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
  /** Zeros, in the shared memory: `ORDER_BYTES` for orders to the thread that leads. */
  readonly order: number;
  /** Where the stack of each further thread begins: its highest address. */
  readonly stacks: readonly number[];
  /** And that of the thread that leads. */
  readonly leaderStack: number;
  /** Whether the calling thread may wait for others. */
  readonly canWait: boolean;
  readonly patienceMs: number;
  /** Tells the user that there are fewer threads than wanted. */
  readonly notice: (code: "thread-not-started" | "thread-lost", reason: string) => void;
}

/** How threads know their crew: until all have joined or failed, and during a run, they keep it alive, because somebody may wait for that. */
interface Hold {
  crew: Crew | undefined;
  readonly weak: WeakRef<Crew>;
}

/** A run that another thread leads, and who waits for its end. */
interface Run {
  readonly program: number;
  readonly steps: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

const LOST = "a thread was lost while a program ran";

/** Offset of `Team.meeting` in a mailbox. */
const MEETING_OFFSET = 4;

/** Threads outlive whoever started them, since they wait for ever: they are stopped when their crew is collected. */
let abandoned: FinalizationRegistry<readonly Thread[]> | undefined;

/**
 * Threads that run programs along with the calling one, or without it: then one more leads them in its place. They start when
 * they are first wanted and take part from when they are there; nobody waits for that, because results do not depend on
 * their number.
 */
export class Crew {
  /** How many threads may run a program, the one that leads included. */
  readonly size: number;
  /** The same if the calling thread leads: only itself where it may not wait for others. */
  readonly sizeAtOnce: number;
  readonly #parts: CrewParts;
  readonly #order: Order;
  readonly #hold: Hold;
  readonly #threads: Thread[] = [];
  #areOthersWanted = false;
  #isLeaderWanted = false;
  #leader: Thread | undefined;
  #hasLeader = false;
  /** Threads that neither joined nor failed yet. */
  #pending = 0;
  #whenJoined: ((count: number) => void)[] = [];
  #run: Run | undefined;
  #isAlone = false;
  #failure: ResourceError | undefined;

  constructor(parts: CrewParts) {
    const { memory, mailbox, order, canWait, patienceMs, stacks } = parts;
    this.#parts = parts;
    this.#order = new Order(memory, order, mailbox + MEETING_OFFSET, canWait, patienceMs);
    this.#hold = { crew: undefined, weak: new WeakRef(this) };
    this.size = stacks.length + 1;
    this.sizeAtOnce = canWait ? this.size : 1;
    abandoned ??= new FinalizationRegistry(stop);
    abandoned.register(this, this.#threads);
  }

  /** Starts the threads, and resolves to how many there are when all have joined or failed. */
  joined(): Promise<number> {
    this.#wantOthers();
    if (!this.#parts.canWait) this.#wantLeader();
    return new Promise((resolve) => {
      this.#whenJoined.push(resolve);
      for (const thread of this.#threads) thread.keepAlive(true);
      this.#settle();
    });
  }

  #wantOthers(): void {
    if (this.#areOthersWanted) return;
    this.#areOthersWanted = true;
    for (const stack of this.#parts.stacks) this.#launch(stack);
  }

  #wantLeader(): void {
    if (this.#isLeaderWanted) return;
    this.#isLeaderWanted = true;
    this.#leader = this.#launch(this.#parts.leaderStack, this.#order.address);
  }

  /** Starts a thread; with the address of an order, as the one that leads. */
  #launch(stack: number, order?: number): Thread | undefined {
    const { module, memory, mailbox } = this.#parts;
    const hold = this.#hold;
    hold.crew = this;
    this.#pending++;
    let thread: Thread;
    try {
      thread = platform.startThread();
    } catch (cause) {
      this.#ended(false, (cause as Error).message);
      return undefined;
    }
    let hasJoined = false;
    let hasEnded = false;
    thread.onMessage((message) => {
      if (message !== "ended") hasJoined = true;
      const alive = hold.weak.deref();
      if (alive === undefined) return;
      if (message === "ended") alive.#runEnded();
      else alive.#joinedOne(order !== undefined);
    });
    thread.onEnd((reason) => {
      if (hasEnded) return;
      hasEnded = true;
      const alive = hold.weak.deref();
      if (alive !== undefined) alive.#ended(hasJoined, reason);
    });
    thread.post({ module, memory, mailbox, stack, order });
    this.#threads.push(thread);
    return thread;
  }

  #joinedOne(isLeader: boolean): void {
    this.#pending--;
    if (isLeader) this.#hasLeader = true;
    this.#settle();
  }

  #settle(): void {
    if (this.#pending > 0) return;
    this.#rest();
    const count = this.#count();
    for (const resolve of this.#whenJoined) resolve(count);
    this.#whenJoined = [];
  }

  /** Nobody waits for threads any more, unless a run is on or others are still to join. */
  #rest(): void {
    if (this.#pending > 0) return;
    const isOn = this.#run !== undefined;
    this.#hold.crew = isOn ? this : undefined;
    for (const thread of this.#threads) thread.keepAlive(isOn && thread === this.#leader);
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

  /** Goes on with the calling thread alone. A run that another one leads is lost. */
  #dismiss(reason: string): void {
    if (this.#isAlone) return;
    const run = this.#run;
    if (run !== undefined) {
      run.reject(this.#fail(LOST));
      return;
    }
    this.#isAlone = true;
    stop(this.#threads);
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
    if (threads > 1) this.#wantOthers();
    const present = threads > 1 ? Math.min(threads, this.#count()) : 1;
    if (present === 1) return exports.run(program, steps);
    let applied: number;
    try {
      applied = exports.lead(mailbox, program, steps, present);
    } catch (cause) {
      exports.fail(mailbox);
      throw this.#fail("the calling thread failed", cause);
    }
    return this.#applied(applied, program, steps);
  }

  /** What became of a run, by what the one who led it returned. */
  #applied(applied: number, program: number, steps: number): number {
    if (applied === NOT_BEGUN) {
      this.#dismiss("it did not answer");
      return this.#parts.exports.run(program, steps);
    }
    if (applied === NOT_FINISHED) throw this.#fail(LOST);
    return applied;
  }

  /** The same, led by another thread; undefined until there is one. The run before must have ended. */
  start(program: number, steps: number, threads: number): HostRun | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isAlone) return undefined;
    this.#wantLeader();
    if (threads > 1) this.#wantOthers();
    if (!this.#hasLeader) return undefined;
    this.#order.give(program, steps, threads > 1 ? Math.min(threads, this.#count()) : 1);
    let run: Run | undefined;
    const ended = new Promise<Outcome>((resolve, reject) => {
      run = { program, steps, resolve, reject };
      this.#run = run;
    });
    this.#rest();
    return { ended, wait: () => this.#waitFor(run!) };
  }

  #runEnded(): void {
    const run = this.#run;
    if (run === undefined || !this.#order.hasEnded) return; // of an earlier one, which was waited for
    try {
      run.resolve(this.#outcomeOf(run));
    } catch (error) {
      run.reject(error);
    }
  }

  #waitFor(run: Run): Outcome {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#order.wait()) throw this.#fail(LOST);
    return this.#outcomeOf(run);
  }

  #outcomeOf({ program, steps }: Run): Outcome {
    this.#run = undefined;
    this.#rest();
    const { applied, ms } = this.#order.outcome;
    return { applied: this.#applied(applied, program, steps), ms };
  }

  #fail(what: string, cause?: unknown): ResourceError {
    this.#isAlone = true;
    this.#run = undefined;
    this.#rest();
    stop(this.#threads);
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
