import { platform } from "#platform";
import type { TypedArray } from "../../core/dtype.ts";
import { ResourceError } from "../../core/errors.ts";
import { formatBytes } from "../../core/format.ts";
import { Allocator } from "../compiled/allocator.ts";
import type { Host, HostProgram, HostProgramParts, HostRun } from "../compiled/host.ts";
import { Crew, type CrewParts, type KernelExports, MAILBOX_BYTES, STACK_BYTES, type ThreadedExports } from "./crew.ts";
import { ORDER_BYTES } from "./leader.ts";

const PAGE = 65_536;
const ADDRESSES = 2 ** 32;

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

/** How a host gets threads beside the calling one. */
export interface CrewOptions {
  /** The one that leads included, at least 2. */
  readonly threads: number;
  /** Whether the calling thread may wait for others. Default: as the platform has it. */
  readonly canWait?: boolean;
  /** How late a thread may be before it counts as lost. */
  readonly patienceMs: number;
  readonly module: WebAssembly.Module;
  readonly notice: CrewParts["notice"];
}

/** Offset of `Team.patience_ms` in a mailbox. */
const PATIENCE_OFFSET = 16;

/** The kernels in one WebAssembly memory. */
export class WasmHost implements Host {
  readonly backend = "wasm";
  readonly variant: string;
  /** Threads beside the calling one, if there may be any. */
  readonly crew: Crew | undefined;
  readonly #exports: KernelExports;
  readonly #memory: WebAssembly.Memory;
  readonly #allocator: Allocator;
  /** The whole memory as it is now, as bytes and as numbers. */
  #bytes: Uint8Array;
  #words: Int32Array;
  #floats: Float32Array;
  /** Scratch of the threads, shared by all programs, because one runs at a time. */
  #scratch = { address: 0, bytes: 0 };

  constructor(variant: string, exports: KernelExports, memory: WebAssembly.Memory, crew?: CrewOptions) {
    this.variant = variant;
    this.#exports = exports;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
    this.#allocator = new Allocator(exports.__heap_base.value as number, (end, bytes, what) =>
      this.#grow(end, bytes, what),
    );
    this.crew = crew && this.#assemble(exports as ThreadedExports, crew);
  }

  get threads(): number {
    return this.crew?.size ?? 1;
  }

  get threadsAtOnce(): number {
    return this.crew?.sizeAtOnce ?? 1;
  }

  #assemble(exports: ThreadedExports, { threads, canWait = platform.canWait, ...options }: CrewOptions): Crew {
    const mailbox = this.#zeros(MAILBOX_BYTES, "the mailbox of the threads");
    const order = this.#zeros(ORDER_BYTES, "orders to the thread that leads");
    this.#words[(mailbox + PATIENCE_OFFSET) >>> 2] = options.patienceMs;
    const stack = (): number => this.allocate(STACK_BYTES, "a thread's stack") + STACK_BYTES; // it grows downwards
    const stacks = Array.from({ length: threads - 1 }, stack);
    const parts = { exports, memory: this.#memory, mailbox, order, stacks, leaderStack: stack(), canWait };
    return new Crew({ ...parts, ...options });
  }

  #zeros(bytes: number, what: string): number {
    const address = this.allocate(bytes, what);
    this.#bytes.fill(0, address, address + bytes);
    return address;
  }

  #grow(end: number, bytes: number, what: string): void {
    const missing = Math.ceil((end + PAGE - this.#bytes.length) / PAGE); // a page beyond, because kernels read ahead
    if (missing <= 0) return;
    try {
      if (end + PAGE > ADDRESSES) throw new RangeError("WebAssembly has 4 GiB of addresses");
      this.#memory.grow(missing);
    } catch (cause) {
      throw this.#noMemory(bytes, what, cause);
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  #noMemory(bytes: number, what: string, cause: unknown): ResourceError {
    const usedBytes = this.#bytes.length;
    const facts = `${formatBytes(bytes)}, beside ${formatBytes(usedBytes)} in use`;
    return new ResourceError("out-of-memory", "wasm", `no memory for ${what}: ${facts}`, {
      help: "use smaller batches or a smaller network, or the native backend, which has no limit of 4 GiB",
      details: { bytes, usedBytes },
      cause,
    });
  }

  allocate(bytes: number, what: string): number {
    return this.#allocator.allocate(bytes, what);
  }

  free(address: number): void {
    this.#allocator.free(address);
  }

  write(address: number, data: TypedArray): void {
    if (data instanceof Float32Array) this.#floats.set(data, address >>> 2);
    else if (data instanceof Int32Array) this.#words.set(data, address >>> 2);
    else if (data instanceof Uint8Array) this.#bytes.set(data, address);
    else throw new Error("bug in glassnet: f64 runs on the reference backend alone");
  }

  read(address: number, into: TypedArray): void {
    if (into instanceof Float32Array) copyOut(this.#floats, address >>> 2, into);
    else if (into instanceof Int32Array) copyOut(this.#words, address >>> 2, into);
    else if (into instanceof Uint8Array) copyOut(this.#bytes, address, into);
    else throw new Error("bug in glassnet: f64 runs on the reference backend alone");
  }

  load(parts: HostProgramParts): HostProgram {
    return new WasmProgram(this, this.#exports, parts);
  }

  /** Writes whole numbers, each below 2^32. */
  writeWords(address: number, values: ArrayLike<number>): void {
    const words = this.#words;
    const start = address >>> 2;
    for (let i = 0; i < values.length; i++) words[start + i] = values[i];
  }

  writeWord(address: number, value: number): void {
    this.#words[address >>> 2] = value;
  }

  /** Address of scratch memory of that many bytes. */
  reserveScratch(bytes: number): number {
    if (bytes <= this.#scratch.bytes) return this.#scratch.address;
    this.free(this.#scratch.address);
    this.#scratch = { address: 0, bytes: 0 };
    this.#scratch = { address: this.allocate(bytes, "the threads' scratch memory"), bytes };
    return this.#scratch.address;
  }
}

/** Below this many elements a loop is faster than making a view. */
const FEW = 32;

function copyOut<T extends Float32Array | Int32Array | Uint8Array>(all: T, start: number, into: T): void {
  const { length } = into;
  if (length > FEW) into.set(all.subarray(start, start + length));
  else for (let i = 0; i < length; i++) into[i] = all[start + i];
}

/** A program in the memory of a host. */
class WasmProgram implements HostProgram {
  readonly #host: WasmHost;
  readonly #exports: KernelExports;
  readonly #crew: Crew | undefined;
  /** Of `struct Program`, which the code, the lists and the tables follow in one piece. */
  readonly #base: number;
  readonly #bufferList: number;
  readonly #tableList: number;
  readonly #tables: HostProgramParts["tables"];
  readonly #scratchBytes: number;

  constructor(host: WasmHost, exports: KernelExports, parts: HostProgramParts) {
    const { code, buffers, tables, swaps, threadBytes } = parts;
    this.#host = host;
    this.#exports = exports;
    this.#crew = host.crew;
    this.#tables = tables;
    this.#scratchBytes = threadBytes * host.threads;
    const sizes = [PROGRAM.bytes, 4 * code.length, 4 * buffers, 12 * tables.length, 8 * swaps.length];
    const starts: number[] = [];
    let bytes = 0;
    for (const size of sizes) {
      starts.push(bytes);
      bytes += Math.ceil(size / 64) * 64;
    }
    this.#base = host.allocate(bytes, "a program");
    const [head, words, bufferList, tableList, swapList] = starts.map((start) => this.#base + start);
    this.#bufferList = bufferList;
    this.#tableList = tableList;
    host.write(words, code);
    host.writeWords(
      swapList,
      swaps.flatMap(({ state, next }) => [state, next]),
    );
    host.writeWords(
      tableList,
      tables.flatMap((table) => [table.buffer, table.bytes, 0]),
    );
    host.writeWords(head, new Array(PROGRAM.bytes / 4).fill(0));
    host.writeWord(head + PROGRAM.code, words);
    host.writeWord(head + PROGRAM.words, code.length);
    host.writeWord(head + PROGRAM.tables, tables.length);
    host.writeWord(head + PROGRAM.swaps, swaps.length);
    host.writeWord(head + PROGRAM.bufferList, bufferList);
    host.writeWord(head + PROGRAM.tableList, tableList);
    host.writeWord(head + PROGRAM.swapList, swapList);
    host.writeWord(head + PROGRAM.scratchBytes, threadBytes);
  }

  run(addresses: Float64Array, steps: number, threads: number): number {
    this.#bind(addresses);
    return this.#crew === undefined ? this.#exports.run(this.#base, steps) : this.#crew.run(this.#base, steps, threads);
  }

  start(addresses: Float64Array, steps: number, threads: number): HostRun | undefined {
    if (this.#crew === undefined) return undefined;
    this.#bind(addresses);
    return this.#crew.start(this.#base, steps, threads);
  }

  #bind(addresses: Float64Array): void {
    const host = this.#host;
    const tables = this.#tables;
    const scratch = host.reserveScratch(this.#scratchBytes);
    host.writeWord(this.#base + PROGRAM.scratch, scratch);
    host.writeWord(this.#base + PROGRAM.stop, 0);
    host.writeWords(this.#bufferList, addresses);
    for (let i = 0; i < tables.length; i++) {
      host.writeWord(this.#tableList + 12 * i + 8, addresses[tables[i].buffer]);
    }
  }

  release(): void {
    this.#host.free(this.#base);
  }
}
