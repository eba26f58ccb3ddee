import type { Unit } from "../workloads/workload.ts";
import { type Load, QUIET } from "./load.ts";
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
  /** 10⁹ floating-point operations a second in the products of a step. */
  readonly gflops?: number;
  /** What else the machine did while the workload was timed. */
  readonly load?: Load;
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
  readonly row: Omit<Row, "ratio" | "median" | "p95" | "gflops" | "unit" | "others">;
  /** Milliseconds an iteration. */
  readonly ms: number | undefined;
  readonly p95Ms?: number;
  /** The same in other settings, by their labels. */
  readonly othersMs?: Readonly<Record<string, number>>;
}

const isOurs = (subject: string): boolean => subject.startsWith("glassnet ");

/** Whether others are compared with it: not with another way of ours, such as "glassnet wasm, compile". */
const isMeasure = (subject: string): boolean => isOurs(subject) && !subject.includes(",");

/** Turns times into figures, and compares every subject with those of Glassnet that have one. */
export function rowsOf(measured: readonly Measured[], unit: Unit): Row[] {
  const ours = measured.filter(({ row, ms }) => isMeasure(row.subject) && ms !== undefined);
  return measured.map(({ row, ms, p95Ms, othersMs = {} }) => ({
    ...row,
    unit: unit.name,
    median: ms === undefined ? null : unit.of(ms),
    ...(p95Ms !== undefined && { p95: unit.of(p95Ms) }),
    ...(ms !== undefined && unit.gflops !== undefined && { gflops: unit.gflops(ms) }),
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

/** Settings that went wrong in their own way. That a subject has no threads is nothing to worry about. */
function worrying({ failures = {}, fault }: Row): string[] {
  return Object.entries(failures)
    .filter(([, reason]) => reason !== fault && !/^(absent|unsupported):/.test(reason))
    .map(([setting, reason]) => `${setting}: ${reason}`);
}

/** A column: its heading, and what it says of a row that has a figure. */
interface Column {
  readonly head: string;
  readonly cell: (row: Row) => string;
}

const headFor = (subject: string): string => subject.replace("glassnet ", "ours: ");

function columnsOf(rows: readonly Row[]): readonly Column[] {
  const measures = rows.filter(({ subject, median }) => isMeasure(subject) && median !== null);
  const optional = (head: string, value: (row: Row) => number | undefined): Column[] =>
    rows.some((row) => value(row) !== undefined)
      ? [{ head, cell: (row) => (value(row) === undefined ? "" : figure(value(row)!)) }]
      : [];
  return [
    { head: rows[0]?.unit ?? "", cell: ({ median }) => figure(median!) },
    ...optional("p95", ({ p95 }) => p95),
    ...optional("GFLOP/s", ({ gflops }) => gflops),
    {
      head: "spread",
      cell: ({ rounds, spread }) => (rounds === 1 ? "1 round" : `${(100 * (spread ?? 0)).toFixed(1)} %`),
    },
    ...measures.map(
      ({ subject }): Column => ({
        head: headFor(subject),
        cell: (row) => (row.subject === subject ? "1" : times(row.ratio?.[subject])),
      }),
    ),
    { head: "MB", cell: ({ peakMB }) => (peakMB === undefined ? "" : peakMB.toFixed(0)) },
  ];
}

/**
 * Rows of one workload as a table. Of ours, every setting has a line, so that one thread can be compared with two; of others
 * the best. Below it what else the machine did, where that is known.
 */
export function tableOf(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const whole = (name: string, cell: string, text: string): string[] => [name, ...columns.map(() => cell), text];
  const lines = rows.flatMap((row) => {
    const failures = worrying(row).map((failure) => whole("", "", `!! ${failure}`));
    const name = `  ${row.subject}`;
    if (row.median === null) return [whole(name, "-", `!! ${row.fault}`), ...failures];
    const note = row.note === undefined ? "" : ` (${row.note})`;
    const line = [name, ...columns.map(({ cell }) => cell(row)), `${row.setting}; ${row.version}${note}`];
    return [line, ...(isMeasure(row.subject) ? otherSettings(row, columns) : []), ...failures];
  });
  const head = [rows[0]?.workload ?? "", ...columns.map(({ head }) => head), "setting, version"];
  const load = rows.find((row) => row.load !== undefined)?.load;
  return [...align([head, ...lines]), ...(load === undefined ? [] : [loadLine(load)])].join("\n");
}

/** The settings that were slower: their figures, and how many times as fast the best one is, in its own column. */
function otherSettings({ subject, median, others }: Row, columns: readonly Column[]): string[][] {
  return Object.entries(others).map(([setting, other]) => {
    const ratio = Math.max(median! / other, other / median!); // some units are of time, some of speed
    const cells = columns.map(({ head }, i) =>
      i === 0 ? figure(other) : head === headFor(subject) ? times(ratio) : "",
    );
    return ["", ...cells, setting];
  });
}

function loadLine({ others, stolen }: Load): string {
  const busy = others + stolen;
  const warning = busy > QUIET ? "   !! look at the ratios" : "";
  return `  meanwhile others kept ${others.toFixed(2)} processors busy, ${stolen.toFixed(2)} were taken by the host${warning}`;
}

export function headOf(machine: Machine): string {
  const { processor, cores, memoryGiB, instructions, system, node, commit, loadBefore, date } = machine;
  const lines = [
    `${date}, glassnet ${commit}, Node ${node}, ${system}`,
    `${processor}, ${cores} cores, ${memoryGiB} GiB, ${instructions.join(" ")}`,
    `load before: ${loadBefore.toFixed(2)}${loadBefore > 0.5 ? "   !! the machine does other work: look at the ratios" : ""}`,
    "A column `ours` says how many times as fast that backend of Glassnet is as the subject of the row,",
    "and below it, than in its other settings. GFLOP/s of a step count its products alone.",
  ];
  return lines.join("\n");
}
