import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { nativeGap } from "../../src/backends/native/open.ts";
import type { LongTraining } from "./long-training.ts";
import type { Sample } from "./settled.ts";

/**
 * How memory grew. A leak adds to every window of work; what the engine compiles, caches or lets go of on the way comes
 * now and then. So a leak is measured in bytes for each piece of work, in two ways that both see it and that noise seldom
 * deceives together: the median over the windows, and the line from the least of the first ones to the least of the last.
 * The smaller one counts.
 */
export interface Growth {
  readonly heapPerWork: number;
  readonly externalPerWork: number;
  /** The least of the last third of the windows over that of the first third, less 1: for what grows in leaps. */
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  readonly text: string;
}

interface Plan {
  readonly warmUp: number;
  readonly windows: number;
  readonly perWindow: number;
}

type Kind = keyof Sample;

const run = promisify(execFile);

/** What a script beside this one prints, run in a process of its own. */
async function outcomeOf(script: string, args: readonly (string | number)[], nurseryMiB = 1): Promise<unknown> {
  // A nursery of fixed size: V8 makes it larger as it sees fit, which is no leak.
  const nursery = [`--min-semi-space-size=${nurseryMiB}`, `--max-semi-space-size=${nurseryMiB}`];
  const flags = ["--expose-gc", ...nursery, "--import", import.meta.resolve("tsx")];
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await run(process.execPath, [
    ...flags,
    "--conditions=@glassnet/source",
    file,
    ...args.map(String),
  ]);
  return JSON.parse(stdout);
}

/** Runs a workload in a process of its own, and tells how its memory grew. */
export async function measureGrowth(workload: string, { warmUp, windows, perWindow }: Plan): Promise<Growth> {
  const samples = await outcomeOf("workload.ts", [workload, warmUp, windows, perWindow]);
  return growthOf(samples as Sample[], perWindow);
}

/** How many bytes of heap a step of training takes before anything is collected, over so many calls of at most `most` steps. */
export async function allocationOf(backend: "native" | "wasm", calls: number, most = 1e9): Promise<number> {
  return (await outcomeOf("allocation.ts", [backend, calls, most], 256)) as number;
}

/** Trains for so many seconds on the backends with compiled kernels that are here, in turns. */
export async function trainFor(seconds: number, windows: number): Promise<LongTraining & { readonly growth: Growth }> {
  const backends = nativeGap() === undefined ? ["native", "wasm"] : ["wasm"];
  const outcome = (await outcomeOf("long-training.ts", [seconds, windows, ...backends])) as LongTraining;
  const steps = Object.values(outcome.steps).reduce((sum, count) => sum + count, 0);
  return { ...outcome, growth: growthOf(outcome.samples, steps / windows) };
}

/**
 * The same, and where more than `limit` bytes stay for each piece of work, once more with three times as much work: what the
 * engine still compiles comes to an end, a leak does not.
 */
export async function measureLeak(workload: string, plan: Plan, limit: number): Promise<Growth> {
  const growth = await measureGrowth(workload, plan);
  if (growth.heapPerWork < limit && growth.externalPerWork < limit) return growth;
  const { warmUp, windows, perWindow } = plan;
  return measureGrowth(workload, { warmUp: 3 * warmUp, windows, perWindow: 3 * perWindow });
}

/** @param samples what was left after each window of `perWindow` pieces of work */
export function growthOf(samples: readonly Sample[], perWindow: number): Growth {
  const third = Math.floor(samples.length / 3);
  const parts: string[] = [];
  const measure = (kind: Kind) => {
    const values = samples.map((sample) => sample[kind]);
    const steps = values.slice(1).map((value, i) => value - values[i]!);
    const [first, last] = [Math.min(...values.slice(0, third)), Math.min(...values.slice(-third))];
    const between = (values.length - third) * perWindow;
    const perWork = Math.min(median(steps) / perWindow, (last - first) / between);
    const [from, to] = [first, last].map((bytes) => (bytes / 2 ** 20).toFixed(2));
    parts.push(`${kind} ${from} → ${to} MiB, ${perWork.toFixed(0)} bytes a piece of work`);
    return { perWork, total: last / first - 1 };
  };
  const [heap, external, rss] = [measure("heap"), measure("external"), measure("rss")];
  return {
    ...{ heapPerWork: heap.perWork, externalPerWork: external.perWork },
    ...{ heap: heap.total, external: external.total, rss: rss.total },
    text: parts.join("; "),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
