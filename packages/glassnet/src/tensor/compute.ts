import { blockingOf, type Device, type SyncDevice } from "../backends/backend.ts";
import type { TypedArray } from "../core/dtype.ts";
import { assert, GraphError, UnsupportedError } from "../core/errors.ts";
import { topologicalOrder, type Value, type ValueOf } from "../ir/graph.ts";
import { buildProgram } from "../program/build.ts";
import { totalFlops } from "../program/cost.ts";
import type { Program, RunRequest, RunResult, Source } from "../program/program.ts";
import { defaultDevice, deviceOr, plainDevice } from "./device.ts";
import type { Tensor } from "./tensor.ts";
import { isTracing, record, traceStart } from "./trace.ts";

export interface ComputeOptions {
  /** Where to compute; the default device otherwise. */
  readonly device?: Device | undefined;
}

/** A pending graph beyond this is computed by itself, so that a loop that never reads a value stays bounded. */
export const MAX_PENDING = 10_000;

interface Job {
  readonly pending: readonly Tensor[];
  readonly program: Program;
  readonly request: RunRequest;
}

/** The program that computes those of `tensors` that have no value yet. */
function jobOf(tensors: readonly Tensor[]): Job | undefined {
  const pending = [...new Set(tensors)].filter((tensor) => tensor.stored === undefined);
  if (pending.length === 0) return undefined;
  if (isTracing() && pending.some((tensor) => tensor.id >= traceStart())) {
    throw new GraphError("not-concrete", "read", "a value cannot be read while its function is being traced", {
      help: "return the tensor from the compiled or differentiated function, and read it there",
    });
  }
  const feeds: Record<string, TypedArray> = {};
  const sources = new Map<ValueOf<"input">, Source>();
  // Scalars are mostly literals of the user's code: as constants they may be folded. Everything else is fed.
  const nameOf = ({ stored, id }: Tensor) => (stored !== undefined && stored.length !== 1 ? `t${id}` : undefined);
  const { valueFor } = record(pending, nameOf, (tensor, input) => {
    feeds[input.attrs.name] = tensor.stored!;
    sources.set(input, { kind: "feed", name: input.attrs.name });
  });
  const outputs: Record<string, Value> = {};
  pending.forEach((tensor, i) => {
    outputs[i] = valueFor(tensor);
  });
  // Written down as it is: for a graph that runs once, looking for less to compute has not paid (LAB.md).
  return { pending, program: buildProgram({ sources, outputs }), request: { steps: 1, feeds } };
}

function settle({ pending }: Job, { outputs }: RunResult): void {
  pending.forEach((tensor, i) => {
    const data = outputs[i];
    assert(data !== undefined, "a program returned too few outputs");
    tensor.settle(data);
  });
}

export function syncOf(device: Device): SyncDevice {
  if (device.sync !== undefined) return device.sync;
  throw new UnsupportedError("unsupported", device.backend, "this backend cannot compute synchronously", {
    help: "use the asynchronous form, such as data() for dataSync()",
  });
}

/** Below so many operations the reference is done before the program is ready for another backend: it runs only once. */
const SMALL_FLOPS = 500_000;

const isSmall = ({ program }: Job): boolean => totalFlops(program) < SMALL_FLOPS;

/** Computes several tensors in one run, sharing what they have in common. Their values are kept, their history is not. */
export async function compute(tensors: readonly Tensor[], { device: named }: ComputeOptions = {}): Promise<void> {
  const job = jobOf(tensors);
  if (job === undefined) return;
  const device = named ?? (isSmall(job) ? plainDevice() : await deviceOr(undefined));
  const blocking = blockingOf(device);
  if (blocking !== undefined) return runSync(job, blocking);
  const loaded = await device.load(job.program);
  try {
    settle(job, await device.run(loaded, job.request));
  } finally {
    await device.unload(loaded);
  }
}

/** The blocking form of `compute`. @throws UnsupportedError on a backend that cannot block. */
export function computeSync(tensors: readonly Tensor[], { device: named }: ComputeOptions = {}): void {
  const job = jobOf(tensors);
  if (job === undefined) return;
  runSync(job, syncOf(named ?? (isSmall(job) ? plainDevice() : defaultDevice())));
}

function runSync(job: Job, sync: SyncDevice): void {
  const loaded = sync.load(job.program);
  try {
    settle(job, sync.run(loaded, job.request));
  } finally {
    sync.unload(loaded);
  }
}

/** How many operations are pending behind a tensor. */
export function countPending(tensor: Tensor): number {
  return topologicalOrder<Tensor>([tensor], ({ stored }) => stored === undefined).length;
}

/**
 * Evaluates a tensor whose pending graph has grown past the limit, outside of traces. Returns how many operations are
 * pending behind it then.
 */
export function computeIfLong(tensor: Tensor): number {
  const count = countPending(tensor);
  if (count <= MAX_PENDING) return count;
  const device = defaultDevice();
  if (device.sync !== undefined) computeSync([tensor], { device });
  return 0;
}

/** The elements of several tensors, computed in one run. Not copies: for reading only. */
export async function elementsOf(tensors: readonly Tensor[], options?: ComputeOptions): Promise<TypedArray[]> {
  await compute(tensors, options);
  return tensors.map((tensor) => tensor.stored!);
}
