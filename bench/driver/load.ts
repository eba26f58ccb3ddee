import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * @file What else the machine did while something was measured. The usual load average also counts the benchmark itself, so
 * the processor time of all is compared with that of its own processes.
 */

/** Processors that were not there for the benchmark, on average over a time. */
export interface Load {
  /** Kept busy by other processes. */
  readonly others: number;
  /** Taken by other virtual machines on the same hardware. */
  readonly stolen: number;
}

/** More than this, and the figures are those of a machine that does other work. */
export const QUIET = 0.1;

/** The unit of times in `/proc`; a second has 100 of them on every architecture that Node runs on. */
const TICK_MS = 10;

interface Ticks {
  readonly busy: number;
  readonly stolen: number;
  readonly own: number;
}

/** Begins to look; the function that it returns says what happened since. Nothing is known where there is no `/proc`. */
export function watchLoad(): () => Load | undefined {
  const begin = performance.now();
  const before = ticksNow();
  return () => {
    const after = ticksNow();
    if (before === undefined || after === undefined) return undefined;
    return loadBetween(before, after, performance.now() - begin);
  };
}

/** Ticks are counted process by process, so a little less than nothing can come out: that is nothing. */
export function loadBetween(before: Ticks, after: Ticks, ms: number): Load {
  const processors = (ticks: number): number => Math.max(0, (ticks * TICK_MS) / ms);
  const own = after.own - before.own;
  return {
    others: processors(after.busy - before.busy - own),
    stolen: processors(after.stolen - before.stolen),
  };
}

/** What has been counted since the machine was started; nothing where there is no `/proc`. */
export function ticksNow(): Ticks | undefined {
  if (!existsSync("/proc/stat")) return undefined;
  const { busy, stolen } = machineTicks(readFileSync("/proc/stat", "utf8"));
  return { busy, stolen, own: ownTicks(processesOf("/proc"), process.pid) };
}

/** The first line of `/proc/stat`. @see proc_stat(5) */
export function machineTicks(text: string): { readonly busy: number; readonly stolen: number } {
  const [user, nice, system, , , irq, softirq, steal] = text.split("\n")[0]!.trim().split(/\s+/).slice(1).map(Number);
  return { busy: user! + nice! + system! + irq! + softirq!, stolen: steal! };
}

/** A process: its own ticks, and those of its children that have ended. */
export interface ProcessTicks {
  readonly id: number;
  readonly parent: number;
  readonly ticks: number;
}

/** A line of `/proc/PID/stat`, in which the name may hold spaces and brackets. @see proc_pid_stat(5) */
export function processTicks(text: string): ProcessTicks {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // from the state on, which is the third
  const [parent, user, system, childUser, childSystem] = [1, 11, 12, 13, 14].map((i) => Number(fields[i]));
  return { id: Number.parseInt(text, 10), parent: parent!, ticks: user! + system! + childUser! + childSystem! };
}

function processesOf(folder: string): ProcessTicks[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [processTicks(readFileSync(`${folder}/${name}/stat`, "utf8"))];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

/** Ticks of a process and of all that descend from it. */
export function ownTicks(processes: readonly ProcessTicks[], root: number): number {
  const found = processes.filter(({ id }) => id === root);
  for (const { id } of found) found.push(...processes.filter(({ parent }) => parent === id)); // grows while it is walked
  return found.reduce((sum, { ticks }) => sum + ticks, 0);
}
