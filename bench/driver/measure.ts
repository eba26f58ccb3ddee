import type { Trial } from "../workloads/all.ts";
import { type Answer, faultOf } from "../workloads/answer.ts";
import type { Workload } from "../workloads/workload.ts";
import { interleave, middle, type Outcome, type Plan } from "./interleave.ts";
import { type Connection, type Setting, SubjectFault } from "./protocol.ts";
import type { Measured } from "./report.ts";
import { quantile, spread } from "./statistics.ts";
import type { SubjectSpec } from "./subjects.ts";

/** @file One workload: every subject in every setting is started, checked, then timed in turns. */

/** To load a library, and to make a workload ready: generous, as nothing is timed yet. */
const START_TIMEOUT_MS = 60_000;
/** A subject that cannot do a few steps in this time is too slow to compare. */
const CHECK_TIMEOUT_MS = 60_000;
const ROUND_TIMEOUT_MS = 60_000;

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

async function prepare(subject: SubjectSpec, setting: Setting, workload: Workload, answer: Answer): Promise<Entry> {
  let connection: Connection | undefined;
  let version = "";
  try {
    connection = subject.start(setting);
    ({ version } = await connection.call("open", { subject: subject.module, setting }, START_TIMEOUT_MS));
    await connection.call("prepare", { workload, precision: "f32" }, START_TIMEOUT_MS);
    const got = await connection.call("check", null, CHECK_TIMEOUT_MS);
    const wrong = subject.isComparable === false ? riseOf(got) : faultOf(got, answer);
    if (wrong !== undefined) throw new SubjectFault("wrong", wrong);
    return { subject, setting, connection, version };
  } catch (error) {
    await connection?.close();
    return { subject, setting, version, fault: asFault(error) };
  }
}

/** All subjects in a workload, one row each: that of its best setting. `tell` hears what happens meanwhile. */
export async function measure(
  { title, workload }: Trial,
  subjects: readonly SubjectSpec[],
  answer: Answer,
  plan: Plan,
  tell: (text: string) => void,
): Promise<Measured[]> {
  const entries: Entry[] = [];
  for (const subject of subjects.filter(({ takes }) => takes(workload))) {
    for (const setting of settingsFor(subject, workload)) {
      tell(`${title}: checking ${subject.name}, ${setting.label}`);
      const entry = await prepare(subject, setting, workload, answer);
      entries.push(entry);
      if (entry.fault?.kind === "absent" || entry.fault?.kind === "unsupported") break; // in any setting
    }
  }
  tell(`${title}: timing`);
  const ready = entries.flatMap((entry) =>
    entry.connection === undefined ? [] : [{ ...entry, connection: entry.connection }],
  );
  try {
    const contenders = ready.map(({ connection }) => ({
      round: (ms: number) => connection.call("round", { ms }, ROUND_TIMEOUT_MS),
    }));
    const outcomes = await interleave(contenders, plan);
    const timed: Timed[] = [];
    for (const [i, outcome] of outcomes.entries()) timed.push(await timedOf(ready[i]!, outcome));
    const failed = entries.filter(({ connection }) => connection === undefined);
    const all = [...timed, ...failed.map((entry): Timed => ({ entry, fault: entry.fault }))];
    const names = [...new Set(entries.map(({ subject }) => subject.name))];
    return names.map((name) =>
      bestOf(
        title,
        all.filter(({ entry }) => entry.subject.name === name),
      ),
    );
  } finally {
    for (const { connection } of ready) await connection.close();
  }
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
function bestOf(workload: string, timed: readonly Timed[]): Measured {
  const [best, ...others] = [...timed].sort(
    (a, b) => (a.ms ?? Number.POSITIVE_INFINITY) - (b.ms ?? Number.POSITIVE_INFINITY),
  );
  const { entry, ms, p95Ms, fault } = best!;
  const tried = others.filter((other) => other.ms !== undefined);
  const failed = others.filter((other) => other.fault !== undefined);
  return {
    ms,
    ...(p95Ms !== undefined && { p95Ms }),
    othersMs: Object.fromEntries(tried.map((other) => [other.entry.setting.label, other.ms!])),
    row: {
      workload,
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
      ...(entry.subject.note !== undefined && { note: entry.subject.note }),
    },
  };
}
