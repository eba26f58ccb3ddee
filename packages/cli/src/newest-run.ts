import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { runFiles } from "./run-folder.ts";

/** The folder of the run that was made last, if there is one where runs are kept by default. */
export function newestRun(): string | undefined {
  const parent = "runs";
  if (!existsSync(parent)) return undefined;
  const runs = readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(parent, name))
    .filter((path) => existsSync(join(path, runFiles.model)))
    .map((path) => ({ path, made: statSync(path).mtimeMs }));
  runs.sort((a, b) => b.made - a.made);
  return runs[0]?.path;
}
