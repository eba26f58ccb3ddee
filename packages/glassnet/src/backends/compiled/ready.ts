import type { DType, TypedArray } from "../../core/dtype.ts";
import { formatType, sizeOf, type TensorType } from "../../core/shape.ts";
import type { Lowered } from "../../program/lower/lower.ts";
import type { Program, RunRequest } from "../../program/program.ts";
import type { Host, HostProgram } from "./host.ts";
import { ThreadChoice } from "./thread-choice.ts";

/** @file A program as a device keeps it: laid out in the memory of its host, with all that a run needs worked out once. */

/** Elementary operations of a step that occupy a thread for longer than it takes to wake it. */
export const WORK_A_THREAD = 100_000;

/** Elementary operations of a run, about a millisecond, beside which it counts little to hand it to another thread and to hear of its end. */
export const WORK_HANDED_OVER = 10_000_000;

export interface State extends TensorType {
  readonly bytes: number;
  address: number;
  /** Where its next value is written, once a program writes it. */
  spare: number | undefined;
}

/** What a run gives to a program, with the storage that it must have. */
interface Given {
  readonly name: string;
  readonly storage: new (size: number) => TypedArray;
  readonly size: number;
}

interface Feed extends Given {
  readonly address: number;
}

/** A table of rows or of collected results, which grows to what a run needs. */
export interface Table extends Given {
  readonly buffer: number;
  readonly rowBytes: number;
  address: number;
  bytes: number;
}

/** A state that a program reads, and which one it found and checked at its last run. */
interface Read extends TensorType {
  readonly name: string;
  readonly buffer: number;
  checked: State | undefined;
}

/** Everything about a loaded program that a run needs, worked out once. */
export interface Ready {
  readonly host: HostProgram;
  readonly addresses: Float64Array;
  readonly choice: ThreadChoice;
  /** How many threads a run may take that the calling thread leads. */
  readonly threadsAtOnce: number;
  /** Elementary operations of a step. */
  readonly work: number;
  readonly swaps: Lowered["swaps"];
  readonly reads: readonly Read[];
  readonly nexts: readonly { readonly name: string; readonly buffer: number }[];
  readonly feeds: readonly Feed[];
  readonly rows: readonly Table[];
  readonly collected: readonly Table[];
  /** How many steps of a run its first piece took, if it had two. */
  before: number;
  /** An output that is a state lies in its `partner` when the two have changed places. */
  readonly outputs: readonly (Given & { readonly buffer: number; readonly partner: number })[];
  /** Gives back what belongs to the program alone. */
  readonly release: () => void;
}

export const NOTHING: Readonly<Record<string, never>> = {};

/** Whether a request is in order, found out quickly. Of others `checkRequest` knows better, and says what is wrong. */
export function isComplete(ready: Ready, { steps, feeds = NOTHING, rows = NOTHING }: RunRequest): boolean {
  if (!(Number.isInteger(steps) && steps >= 1)) return false;
  for (const { name, storage, size } of ready.feeds) {
    const data = feeds[name];
    if (data?.constructor !== storage || data.length !== size) return false;
  }
  for (const { name, storage, size } of ready.rows) {
    const data = rows[name];
    if (data?.constructor !== storage || data.length !== steps * size) return false;
  }
  return true;
}

const STORAGE: { readonly [D in DType]: new (size: number) => TypedArray } = {
  bool: Uint8Array,
  u8: Uint8Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** Lays a lowered program out in the memory of a host. */
export function prepare(host: Host, lowered: Lowered, adaptive: boolean): Ready {
  const { buffers, program, swaps } = lowered;
  const arena = host.allocate(lowered.arenaBytes, describeArena(buffers));
  const addresses = new Float64Array(buffers.length);
  const reads: Read[] = [];
  const nexts: Ready["nexts"][number][] = [];
  const feeds: Feed[] = [];
  const rows: Table[] = [];
  const collected: Table[] = [];
  const given = (name: string, buffer: number): Given => {
    const { dtype, shape } = buffers[buffer];
    return { name, storage: STORAGE[dtype], size: sizeOf(shape) };
  };
  const tableOf = (name: string, buffer: number): Table => {
    return { ...given(name, buffer), buffer, rowBytes: buffers[buffer].bytes, address: 0, bytes: 0 };
  };
  buffers.forEach(({ dtype, shape, place }, buffer) => {
    switch (place.kind) {
      case "state":
        reads.push({ name: place.name, buffer, dtype, shape, checked: undefined });
        break;
      case "next":
        nexts.push({ name: place.name, buffer });
        break;
      case "row":
        rows.push(tableOf(place.name, buffer));
        break;
      case "collected":
        collected.push(tableOf(place.name, buffer));
        break;
      case "feed":
        addresses[buffer] = arena + place.offset;
        feeds.push({ ...given(place.name, buffer), address: addresses[buffer] });
        break;
      case "constant":
        addresses[buffer] = arena + place.offset;
        host.write(addresses[buffer], constantData(program, buffer));
        break;
      case "scratch":
        addresses[buffer] = arena + place.offset;
        break;
    }
  });
  let hostProgram: HostProgram;
  try {
    hostProgram = host.load({
      code: lowered.code,
      buffers: buffers.length,
      bufferBytes: buffers.map(({ bytes }) => bytes),
      tables: [...rows, ...collected].map(({ buffer, rowBytes }) => ({ buffer, bytes: rowBytes })),
      swaps,
      threadBytes: lowered.threadBytes,
    });
  } catch (error) {
    host.free(arena);
    throw error;
  }
  const partnerOf = (buffer: number): number => {
    const pair = swaps.find(({ state, next }) => state === buffer || next === buffer);
    if (pair === undefined) return buffer;
    return pair.state === buffer ? pair.next : pair.state;
  };
  return {
    host: hostProgram,
    addresses,
    choice: new ThreadChoice(Math.max(1, Math.min(host.threads, Math.floor(lowered.work / WORK_A_THREAD))), adaptive),
    threadsAtOnce: host.threadsAtOnce,
    work: lowered.work,
    swaps,
    before: 0,
    ...{ reads, nexts, feeds, rows, collected },
    outputs: lowered.outputs.map(({ name, buffer }) => ({
      ...given(name, buffer),
      buffer,
      partner: partnerOf(buffer),
    })),
    release: () => {
      hostProgram.release();
      host.free(arena);
      for (const { address, bytes } of [...rows, ...collected]) if (bytes > 0) host.free(address);
    },
  };
}

/** What the arena is for, should there be no memory for it: the largest piece tells what to make smaller. */
function describeArena(buffers: Lowered["buffers"]): string {
  const inside = buffers.filter(({ place }) => "offset" in place);
  if (inside.length === 0) return "what a program computes on the way";
  const largest = inside.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  return `what a program computes on the way (largest: ${formatType(largest)})`;
}

function constantData({ buffers }: Program, buffer: number): TypedArray {
  const { source } = buffers[buffer];
  if (source.kind !== "constant") throw new Error(`bug in glassnet: buffer ${buffer} is no constant`);
  return source.data;
}
