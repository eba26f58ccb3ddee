import type { Unit } from "../workloads/workload.ts";
import type { Machine } from "./machine.ts";

/** @file What came out: rows as plain data, and the same as a table for people. */

/** A subject in a workload, with its best setting. */
export interface Row {
  readonly workload: string;
  readonly subject: string;
  readonly version: string;
  readonly setting: string;
  readonly unit: string;
  /** The figure; null if there is none, and `fault` says why. */
  readonly median: number | null;
  /** Half the distance between the quartiles of the rounds, as a share of the median. */
  readonly spread: number | null;
  /** How many times as fast the subject named is, by subjects of Glassnet; null in rows without a figure. */
  readonly ratio: Readonly<Record<string, number>> | null;
  readonly rounds: number;
  /** The figure that 5 % of single calls exceed, where calls are timed one by one. */
  readonly p95?: number;
  /** The most memory that the process held, in MB. */
  readonly peakMB?: number;
  /** The other settings that were tried, with their figures. */
  readonly others: Readonly<Record<string, number>>;
  /** Why there is no figure. */
  readonly fault?: string;
  /** Settings without a figure, and why. */
  readonly failures?: Readonly<Record<string, string>>;
  /** What the reader must know about the figure. */
  readonly note?: string;
}

/** The timing of a row before ratios are known. */
export interface Measured {
  readonly row: Omit<Row, "ratio" | "median" | "p95" | "unit" | "others">;
  /** Milliseconds an iteration. */
  readonly ms: number | undefined;
  readonly p95Ms?: number;
  /** The same in other settings, by their labels. */
  readonly othersMs?: Readonly<Record<string, number>>;
}

const isOurs = (subject: string): boolean => subject.startsWith("glassnet ");

/** Turns times into figures, and compares every subject with those of Glassnet that have one. */
export function rowsOf(measured: readonly Measured[], unit: Unit): Row[] {
  const ours = measured.filter(({ row, ms }) => isOurs(row.subject) && ms !== undefined);
  return measured.map(({ row, ms, p95Ms, othersMs = {} }) => ({
    ...row,
    unit: unit.name,
    median: ms === undefined ? null : unit.of(ms),
    ...(p95Ms !== undefined && { p95: unit.of(p95Ms) }),
    others: Object.fromEntries(Object.entries(othersMs).map(([setting, other]) => [setting, unit.of(other)])),
    ratio: ms === undefined ? null : Object.fromEntries(ours.map((our) => [our.row.subject, ms / our.ms!])),
  }));
}

/** Three digits that count, without an exponent. */
export function figure(x: number): string {
  if (x >= 100) return x.toFixed(0);
  return x.toPrecision(3);
}

const times = (ratio: number | undefined): string => (ratio === undefined ? "" : `${figure(ratio)}x`);

/** Columns as wide as their widest cell; the first is aligned left, the last is not padded. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}

/** Settings that went wrong beside one that did not. That a subject has no threads is nothing to worry about. */
function worrying({ failures = {} }: Row): string[] {
  return Object.entries(failures)
    .filter(([, reason]) => !/^(absent|unsupported):/.test(reason))
    .map(([setting, reason]) => `${setting}: ${reason}`);
}

/** The rows of one workload as a table. */
export function tableOf(rows: readonly Row[]): string {
  const ours = rows.filter(({ subject, median }) => isOurs(subject) && median !== null).map(({ subject }) => subject);
  const hasTail = rows.some(({ p95 }) => p95 !== undefined);
  const { workload = "", unit = "" } = rows[0] ?? {};
  const tail = hasTail ? ["p95"] : [];
  const head = [workload, unit, ...tail, "spread", ...ours.map(shortName), "MB", "setting, version"];
  const lines = rows.flatMap((row) => {
    const failures = worrying(row).map((failure) => [...head.slice(1).map(() => ""), `!! ${failure}`]);
    if (row.median === null) {
      return [[`  ${row.subject}`, ...head.slice(1, -1).map(() => "-"), `!! ${row.fault}`], ...failures];
    }
    const note = row.note === undefined ? "" : ` (${row.note})`;
    const line = [
      `  ${row.subject}`,
      figure(row.median),
      ...(hasTail ? [row.p95 === undefined ? "" : figure(row.p95)] : []),
      row.rounds === 1 ? "1 round" : `${(100 * (row.spread ?? 0)).toFixed(1)} %`,
      ...ours.map((subject) => (subject === row.subject ? "1" : times(row.ratio?.[subject]))),
      row.peakMB === undefined ? "" : row.peakMB.toFixed(0),
      `${row.setting}; ${row.version}${note}`,
    ];
    return [line, ...failures];
  });
  return align([head, ...lines]).join("\n");
}

const shortName = (subject: string): string => subject.replace("glassnet ", "ours: ");

export function headOf(machine: Machine): string {
  const { processor, cores, memoryGiB, instructions, system, node, commit, loadBefore, date } = machine;
  const lines = [
    `${date}, glassnet ${commit}, Node ${node}, ${system}`,
    `${processor}, ${cores} cores, ${memoryGiB} GiB, ${instructions.join(" ")}`,
    `load before: ${loadBefore.toFixed(2)}${loadBefore > 0.5 ? "   !! the machine does other work: look at the ratios" : ""}`,
    "A column `ours` says how many times as fast that backend of Glassnet is as the subject of the row.",
  ];
  return lines.join("\n");
}
