import type { TypedArray } from "../../core/dtype.ts";
import { ResourceError } from "../../core/errors.ts";
import { formatBytes } from "../../core/format.ts";
import { Allocator } from "../compiled/allocator.ts";
import type { Host, HostProgram, HostProgramParts } from "../compiled/host.ts";

const PAGE = 65_536;
const ADDRESSES = 2 ** 32;

/** What a module of the kernels exports. */
export interface KernelExports {
  run(program: number, team: number, steps: number, thread: number, threads: number): number;
  readonly __stack_pointer: WebAssembly.Global;
  readonly __heap_base: WebAssembly.Global;
}

/** Other threads that run programs along with the one that calls. */
export interface Team {
  /** How many threads there are, the calling one included. */
  readonly threads: number;
  /** Has the other threads call `run` with these arguments too. */
  start(program: number, team: number, steps: number, threads: number): void;
}

/** Offsets of `struct Program` in `kernels/program.h`, as wasm32 lays it out. */
const PROGRAM = {
  code: 0,
  words: 4,
  tables: 8,
  swaps: 12,
  bufferList: 16,
  tableList: 20,
  swapList: 24,
  scratch: 28,
  scratchBytes: 32,
  stop: 40,
  bytes: 48,
};

/** The kernels in one WebAssembly memory. */
export class WasmHost implements Host {
  readonly backend = "wasm";
  readonly variant: string;
  readonly threads: number;
  readonly #exports: KernelExports;
  readonly #memory: WebAssembly.Memory;
  readonly #allocator: Allocator;
  readonly #team: Team | undefined;
  /** `struct Team` in `kernels/program.h`. */
  readonly #meeting: number;
  #bytes: Uint8Array;
  /** Scratch of the threads, shared by all programs, because one runs at a time. */
  #scratch = { address: 0, bytes: 0 };

  constructor(variant: string, exports: KernelExports, memory: WebAssembly.Memory, team?: Team) {
    this.variant = variant;
    this.#exports = exports;
    this.#memory = memory;
    this.#team = team;
    this.threads = team?.threads ?? 1;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#allocator = new Allocator(exports.__heap_base.value as number, (end, bytes, what) =>
      this.#grow(end, bytes, what),
    );
    this.#meeting = this.allocate(64, "the meeting of the threads");
    this.#words(this.#meeting, 2).fill(0);
  }

  #grow(end: number, bytes: number, what: string): void {
    const missing = Math.ceil((end + PAGE - this.#memory.buffer.byteLength) / PAGE); // a page beyond, because kernels read ahead
    if (missing <= 0) return;
    try {
      if (end + PAGE > ADDRESSES) throw new RangeError("WebAssembly has 4 GiB of addresses");
      this.#memory.grow(missing);
    } catch (cause) {
      const used = formatBytes(this.#memory.buffer.byteLength);
      throw new ResourceError(
        "out-of-memory",
        "wasm",
        `no memory for ${what}: ${formatBytes(bytes)}, beside ${used} in use`,
        {
          help: "use smaller batches or a smaller network, or the native backend, which has no limit of 4 GiB",
          cause,
        },
      );
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }

  /** A view for the moment: it is lost when memory grows. */
  #words(address: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, count);
  }

  allocate(bytes: number, what: string): number {
    return this.#allocator.allocate(bytes, what);
  }

  free(address: number): void {
    this.#allocator.free(address);
  }

  write(address: number, data: TypedArray): void {
    if (data instanceof Uint8Array) this.#bytes.set(data, address);
    else this.#bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
  }

  read(address: number, into: TypedArray): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    bytes.set(this.#bytes.subarray(address, address + into.byteLength));
  }

  load({ code, buffers, tables, swaps, threadBytes }: HostProgramParts): HostProgram {
    const sizes = [PROGRAM.bytes, 4 * code.length, 4 * buffers, 12 * tables.length, 8 * swaps.length];
    const starts: number[] = [];
    let bytes = 0;
    for (const size of sizes) {
      starts.push(bytes);
      bytes += Math.ceil(size / 64) * 64;
    }
    const base = this.allocate(bytes, "a program");
    const [program, words, list, tableList, swapList] = starts.map((start) => base + start);
    this.write(words, code);
    this.write(swapList, Int32Array.from(swaps.flatMap(({ state, next }) => [state, next])));
    this.write(tableList, Int32Array.from(tables.flatMap((table) => [table.buffer, table.bytes, 0])));
    const head = new Int32Array(PROGRAM.bytes / 4);
    head[PROGRAM.code / 4] = words;
    head[PROGRAM.words / 4] = code.length;
    head[PROGRAM.tables / 4] = tables.length;
    head[PROGRAM.swaps / 4] = swaps.length;
    head[PROGRAM.bufferList / 4] = list;
    head[PROGRAM.tableList / 4] = tableList;
    head[PROGRAM.swapList / 4] = swapList;
    head[PROGRAM.scratchBytes / 4] = threadBytes;
    this.write(program, head);

    const run = (addresses: Float64Array, steps: number, threads: number): number => {
      this.#reserveScratch(threadBytes * this.threads);
      const all = this.#words(0, this.#memory.buffer.byteLength >> 2);
      for (let i = 0; i < buffers; i++) all[(list >> 2) + i] = addresses[i];
      for (let i = 0; i < tables.length; i++) all[(tableList >> 2) + 3 * i + 2] = addresses[tables[i].buffer];
      all[(program + PROGRAM.scratch) >>> 2] = this.#scratch.address;
      all[(program + PROGRAM.stop) >>> 2] = 0;
      if (threads > 1) this.#team?.start(program, this.#meeting, steps, threads);
      return this.#exports.run(program, this.#meeting, steps, 0, threads);
    };
    return { run, release: () => this.free(base) };
  }

  #reserveScratch(bytes: number): void {
    if (bytes <= this.#scratch.bytes) return;
    this.free(this.#scratch.address);
    this.#scratch = { address: 0, bytes: 0 };
    this.#scratch = { address: this.allocate(bytes, "the threads' scratch memory"), bytes };
  }
}
