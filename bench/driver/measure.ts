import type { Trial } from "../workloads/all.ts";
import { type Answer, faultOf } from "../workloads/answer.ts";
import type { Workload } from "../workloads/workload.ts";
import { interleave, middle, type Outcome, type Plan } from "./interleave.ts";
import { type Load, watchLoad } from "./load.ts";
import { type Connection, type Setting, SubjectFault } from "./protocol.ts";
import type { Measured } from "./report.ts";
import { quantile, spread } from "./statistics.ts";
import type { SubjectSpec } from "./subjects.ts";

/** @file One workload: every subject in every setting is started, checked, then timed in turns. */

/** To load a library, and to make a workload ready: generous, as nothing is timed yet. */
const START_TIMEOUT_MS = 60_000;
const ROUND_TIMEOUT_MS = 60_000;

/** How much time is taken for a workload. */
export interface Effort extends Plan {
  /** A subject that does not get through its check in this time is too slow to compare. */
  readonly patienceMs: number;
}

/** A subject in one setting. */
interface Entry {
  readonly subject: SubjectSpec;
  readonly setting: Setting;
  readonly connection?: Connection;
  readonly version: string;
  readonly fault?: SubjectFault;
}

const asFault = (error: unknown): SubjectFault =>
  error instanceof SubjectFault
    ? error
    : new SubjectFault("failed", error instanceof Error ? error.message : `${error}`);

/** For errors of another kind than everybody's: says so if they do not fall. */
function riseOf(errors: readonly number[]): string | undefined {
  return errors.at(-1)! < errors[0]! ? undefined : `its error does not fall: ${errors.join(", ")}`;
}

/** Starts a subject in one setting. */
async function open(subject: SubjectSpec, setting: Setting): Promise<Entry> {
  let connection: Connection | undefined;
  try {
    connection = subject.start(setting);
    const { version } = await connection.call("open", { subject: subject.module, setting }, START_TIMEOUT_MS);
    return { subject, setting, connection, version };
  } catch (error) {
    await connection?.close();
    return { subject, setting, version: "", fault: asFault(error) };
  }
}

/** Lets a subject that was started show that it computes the right thing. */
async function check(opened: Entry, workload: Workload, answer: Answer, patienceMs: number): Promise<Entry> {
  const { subject, setting, connection, version } = opened;
  if (connection === undefined) return opened;
  try {
    await connection.call("prepare", { workload, precision: "f32" }, START_TIMEOUT_MS);
    const got = await connection.call("check", null, patienceMs);
    const wrong = subject.isComparable === false ? riseOf(got) : faultOf(got, answer);
    if (wrong !== undefined) throw new SubjectFault("wrong", wrong);
    return opened;
  } catch (error) {
    await connection.close();
    return { subject, setting, version, fault: asFault(error) };
  }
}

/** What keeps a subject from a workload in every setting, found in one of them. */
const isFinal = ({ fault, version }: Entry): boolean =>
  fault?.kind === "absent" || (fault?.kind === "unsupported" && version !== ""); // some threads are not to be had: others are

/** The row of a subject that cannot do a workload, as is known without starting it. */
export function lacking(workload: string, { name }: SubjectSpec, why: string): Measured {
  const row = {
    workload,
    subject: name,
    version: "",
    setting: "",
    spread: null,
    rounds: 0,
    fault: `unsupported: ${why}`,
  };
  return { ms: undefined, row };
}

/** So many subjects are started at a time; nothing is timed yet. */
const STARTS_AT_ONCE = 2;

/** All subjects in a workload, one row each: that of its best setting. `tell` hears what happens meanwhile. */
export async function measure(
  { title, workload }: Trial,
  subjects: readonly SubjectSpec[],
  answer: Answer,
  effort: Effort,
  tell: (text: string) => void,
): Promise<Measured[]> {
  const able = subjects.filter(({ cannot }) => cannot?.(workload) === undefined);
  const pairs = able.flatMap((subject) => settingsFor(subject, workload).map((setting) => ({ subject, setting })));
  const opened = await inParallel(pairs, STARTS_AT_ONCE, ({ subject, setting }) => {
    tell(`${title}: starting ${subject.name}, ${setting.label}`);
    return open(subject, setting);
  });
  const entries: Entry[] = [];
  try {
    for (const entry of opened) {
      const { subject, setting, connection } = entry;
      if (entries.some((other) => other.subject === subject && isFinal(other))) {
        await connection?.close();
        continue;
      }
      tell(`${title}: checking ${subject.name}, ${setting.label}`);
      entries.push(await check(entry, workload, answer, effort.patienceMs));
    }
    tell(`${title}: timing`);
    const ready = entries.flatMap((entry) =>
      entry.connection === undefined ? [] : [{ ...entry, connection: entry.connection }],
    );
    const contenders = ready.map(({ connection }) => ({
      round: (ms: number) => connection.call("round", { ms }, ROUND_TIMEOUT_MS),
    }));
    const loadMeanwhile = watchLoad();
    const outcomes = await interleave(contenders, effort);
    const load = loadMeanwhile();
    const timed: Timed[] = [];
    for (const [i, outcome] of outcomes.entries()) timed.push(await timedOf(ready[i]!, outcome));
    const failed = entries.filter(({ connection }) => connection === undefined);
    const all = [...timed, ...failed.map((entry): Timed => ({ entry, fault: entry.fault }))];
    return subjects.flatMap((subject) => {
      const why = subject.cannot?.(workload);
      if (why !== undefined) return [lacking(title, subject, why)];
      const its = all.filter(({ entry }) => entry.subject === subject);
      return its.length === 0 ? [] : [bestOf(title, workload, its, load)]; // no setting may be one of the workload's
    });
  } finally {
    for (const { connection } of opened) await connection?.close();
  }
}

/** Does `work` for all items, a few of them at a time; results are in the order of the items. */
async function inParallel<T, R>(items: readonly T[], count: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}

function settingsFor({ settings }: SubjectSpec, workload: Workload): readonly Setting[] {
  const threads = workload.kind === "gemm" ? workload.threads : undefined;
  return threads === undefined ? settings : settings.filter((setting) => setting.threads === threads);
}

interface Timed {
  readonly entry: Entry;
  readonly fault?: SubjectFault | undefined;
  readonly ms?: number;
  readonly p95Ms?: number;
  readonly spread?: number;
  readonly rounds?: number;
  readonly peakBytes?: number;
}

async function timedOf(entry: Entry & { readonly connection: Connection }, outcome: Outcome): Promise<Timed> {
  if ("error" in outcome) return { entry, fault: asFault(outcome.error) };
  const { samples, latenciesMs } = outcome;
  const { peakBytes } = await entry.connection.call("memory", null, START_TIMEOUT_MS);
  return {
    entry,
    ms: middle(outcome),
    ...(latenciesMs.length > 0 && { p95Ms: quantile(latenciesMs, 0.95) }),
    spread: spread(samples),
    rounds: samples.length,
    ...(peakBytes !== null && { peakBytes }),
  };
}

const reasonOf = ({ kind, message }: SubjectFault): string => `${kind}: ${message}`;

/** The row of a subject: its fastest setting, or the reason why none has a figure. */
function bestOf(title: string, workload: Workload, timed: readonly Timed[], load: Load | undefined): Measured {
  const [best, ...others] = [...timed].sort(
    (a, b) => (a.ms ?? Number.POSITIVE_INFINITY) - (b.ms ?? Number.POSITIVE_INFINITY),
  );
  const { entry, ms, p95Ms, fault } = best!;
  const note = entry.subject.note?.(workload);
  const tried = others.filter((other) => other.ms !== undefined);
  const failed = others.filter((other) => other.fault !== undefined);
  return {
    ms,
    ...(p95Ms !== undefined && { p95Ms }),
    othersMs: Object.fromEntries(tried.map((other) => [other.entry.setting.label, other.ms!])),
    row: {
      workload: title,
      subject: entry.subject.name,
      version: entry.version,
      setting: entry.setting.label,
      spread: best!.spread ?? null,
      rounds: best!.rounds ?? 0,
      ...(best!.peakBytes !== undefined && { peakMB: best!.peakBytes / 1e6 }),
      ...(fault !== undefined && { fault: reasonOf(fault) }),
      ...(failed.length > 0 && {
        failures: Object.fromEntries(failed.map((other) => [other.entry.setting.label, reasonOf(other.fault!)])),
      }),
      ...(note !== undefined && { note }),
      ...(load !== undefined && { load }),
    },
  };
}
