import { spawnSync } from "node:child_process";

const CANDIDATES = ["python3", "/usr/bin/python3"];

/** The first Python that imports torch: the one that was named, or one of the usual. */
export function findPython(named: string | undefined): string | undefined {
  const imports = (python: string) => spawnSync(python, ["-c", "import torch"], { stdio: "ignore" }).status === 0;
  return (named === undefined ? CANDIDATES : [named]).find(imports);
}
