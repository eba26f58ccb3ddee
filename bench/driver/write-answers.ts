import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StepLosses } from "../workloads/answer.ts";
import type { Workload } from "../workloads/workload.ts";
import { subjectsIn } from "./subjects.ts";

/** @file The losses of training steps in f64, which take too long to compute anew for every run. */

interface Answers {
  /** What computed them. */
  readonly by: string;
  readonly losses: StepLosses;
}

const file = join(import.meta.dirname, "../answers.json");

const TIMEOUT_MS = 600_000;

function stored(): Answers | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Answers) : undefined;
}

export const storedLosses = (): StepLosses => stored()?.losses ?? {};

/** Computes the losses of the training steps among `workloads` by PyTorch in f64, and stores them. */
export async function writeAnswers(
  workloads: readonly Workload[],
  python: string | undefined,
  tell: (text: string) => void,
): Promise<void> {
  const torch = subjectsIn("processes", { python, chromium: "" }).find(({ module }) => module === "torch_cpu")!;
  const setting = torch.settings.at(-1)!;
  const connection = torch.start(setting);
  const { version } = await connection.call("open", { subject: torch.module, setting }, TIMEOUT_MS);
  const losses: Record<string, readonly number[]> = { ...storedLosses() };
  for (const workload of workloads) {
    if (workload.kind !== "step") continue;
    tell(`${workload.name}: computing in f64`);
    await connection.call("prepare", { workload, precision: "f64" }, TIMEOUT_MS);
    losses[workload.name] = await connection.call("check", null, TIMEOUT_MS);
  }
  await connection.close();
  const answers: Answers = { by: `PyTorch ${version} in f64`, losses };
  writeFileSync(file, `${JSON.stringify(answers, null, 2)}\n`);
}
