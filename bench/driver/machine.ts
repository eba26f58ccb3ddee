import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What the figures were measured on. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  /** Vector instructions that matter here. */
  readonly instructions: readonly string[];
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly commit: string;
  /** Processes that wanted to run, over the last minute before the first measurement. */
  readonly loadBefore: number;
}

const INSTRUCTIONS = ["sse4_2", "avx", "avx2", "fma", "avx512f", "avx512vl", "avx512_vnni", "asimd"];

export function describeMachine(root: string): Machine {
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    instructions: instructionsOf(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    commit: commitOf(root),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Those of `INSTRUCTIONS` that the processor has; none where that cannot be told. */
export function instructionsOf(): string[] {
  try {
    const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" ") ?? [];
    return INSTRUCTIONS.filter((name) => flags.includes(name));
  } catch {
    return []; // not Linux
  }
}

/** The revision, with a plus sign if files differ from it. */
function commitOf(root: string): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "-uno") === "" ? "" : "+"}`;
  } catch {
    return "unknown"; // not a git checkout
  }
}
