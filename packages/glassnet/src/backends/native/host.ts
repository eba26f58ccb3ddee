import type { TypedArray } from "../../core/dtype.ts";
import { ResourceError } from "../../core/errors.ts";
import { formatBytes } from "../../core/format.ts";
import type { Host, HostProgram, HostProgramParts, Outcome } from "../compiled/host.ts";
import type { NativeAddon } from "./addon.ts";

/** What a host has taken of the add-on, to be given back when the host is collected. */
interface Holdings {
  readonly addon: NativeAddon;
  /** Bytes by address. */
  readonly memory: Map<number, number>;
  readonly programs: Set<number>;
}

let abandoned: FinalizationRegistry<Holdings> | undefined;

function giveBack({ addon, memory, programs }: Holdings): void {
  for (const program of programs) addon.release(program);
  for (const address of memory.keys()) addon.free(address);
}

const outcomeOf = ([applied, ms]: readonly [number, number]): Outcome => ({ applied, ms });

/** The kernels in the native add-on, and memory outside of JavaScript's. */
export class NativeHost implements Host {
  readonly backend = "native";
  readonly variant: string;
  readonly threads: number;
  readonly threadsAtOnce: number;
  readonly #addon: NativeAddon;
  readonly #holdings: Holdings;
  readonly #limitBytes: number;
  #usedBytes = 0;

  /** @param limitBytes how much memory the machine has: systems promise more, and end the process that takes it */
  constructor(addon: NativeAddon, threads: number, limitBytes: number) {
    this.variant = addon.variant;
    this.threads = threads;
    this.threadsAtOnce = threads;
    this.#addon = addon;
    this.#limitBytes = limitBytes;
    this.#holdings = { addon, memory: new Map(), programs: new Set() };
    abandoned ??= new FinalizationRegistry(giveBack);
    abandoned.register(this, this.#holdings);
  }

  allocate(bytes: number, what: string): number {
    const isBeyond = this.#usedBytes + bytes > this.#limitBytes;
    const address = isBeyond ? 0 : this.#addon.allocate(bytes);
    if (address === 0) {
      const limit = isBeyond ? `; the machine has ${formatBytes(this.#limitBytes)}` : "";
      const facts = `${formatBytes(bytes)}, beside ${formatBytes(this.#usedBytes)} in use${limit}`;
      const details = { bytes, usedBytes: this.#usedBytes, limitBytes: this.#limitBytes };
      throw new ResourceError("out-of-memory", "native", `no memory for ${what}: ${facts}`, {
        help: "use smaller batches or a smaller network",
        details,
      });
    }
    this.#usedBytes += bytes;
    this.#holdings.memory.set(address, bytes);
    return address;
  }

  free(address: number): void {
    const bytes = this.#holdings.memory.get(address);
    if (bytes === undefined) return;
    this.#holdings.memory.delete(address);
    this.#usedBytes -= bytes;
    this.#addon.free(address);
  }

  write(address: number, data: TypedArray): void {
    this.#addon.write(address, data);
  }

  read(address: number, into: TypedArray): void {
    this.#addon.read(address, into);
  }

  load({ code, bufferBytes, tables, swaps, threadBytes }: HostProgramParts): HostProgram {
    const addon = this.#addon;
    const { programs } = this.#holdings;
    const program = addon.load(
      code,
      Float64Array.from(bufferBytes),
      Int32Array.from(tables.flatMap(({ buffer, bytes }) => [buffer, bytes])),
      Int32Array.from(swaps.flatMap(({ state, next }) => [state, next])),
      threadBytes,
    );
    programs.add(program);
    return {
      run: (addresses, steps, threads) => addon.run(program, addresses, steps, threads),
      start: (addresses, steps, threads) => {
        const promise = addon.start(program, addresses, steps, threads);
        return promise === null
          ? undefined
          : { ended: promise.then(outcomeOf), wait: () => outcomeOf(addon.wait(program)) };
      },
      release: () => {
        programs.delete(program);
        addon.release(program);
      },
    };
  }
}
