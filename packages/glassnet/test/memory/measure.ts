import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Growth {
  /** Median of the last third of the windows over that of the first third, less 1. */
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** Both medians in MiB. */
  readonly text: string;
}

interface Plan {
  readonly warmUp: number;
  readonly windows: number;
  readonly perWindow: number;
}

const run = promisify(execFile);

/** Runs a workload in a process of its own, and tells how its memory grew. */
export async function measureGrowth(workload: string, { warmUp, windows, perWindow }: Plan): Promise<Growth> {
  const script = fileURLToPath(new URL("workload.ts", import.meta.url));
  // A nursery of fixed size: V8 makes it larger as it sees fit, which is no leak.
  const flags = ["--expose-gc", "--max-semi-space-size=1", "--import", import.meta.resolve("tsx")];
  const args = [...flags, "--conditions=@glassnet/source", script, workload, warmUp, windows, perWindow].map(String);
  const { stdout } = await run(process.execPath, args);
  const samples = JSON.parse(stdout) as Record<"heap" | "external" | "rss", number>[];
  const third = Math.floor(samples.length / 3);
  const parts: string[] = [];
  const growthOf = (kind: "heap" | "external" | "rss"): number => {
    const values = samples.map((sample) => sample[kind]);
    const [first, last] = [median(values.slice(0, third)), median(values.slice(-third))];
    parts.push(`${kind} ${(first / 2 ** 20).toFixed(2)} → ${(last / 2 ** 20).toFixed(2)} MiB`);
    return last / first - 1;
  };
  const growth = { heap: growthOf("heap"), external: growthOf("external"), rss: growthOf("rss") };
  return { ...growth, text: parts.join(", ") };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
