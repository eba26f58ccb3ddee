import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs the packages of the benchmark if they are not those of its lock file. They never enter the root's
 * installation.
 *
 * @returns what went wrong, or nothing
 */
export function installPackages(folder: string): string | undefined {
  if (areInstalled(folder)) return undefined;
  console.log("!! The packages of the benchmark are not installed. This takes a minute or two and about 1 GB:");
  console.log("!! npm ci --prefix bench\n");
  const command = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status, error } = spawnSync(command, ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
  if (status === 0) return undefined;
  return `npm ci --prefix bench failed (${error?.message ?? `exit code ${status}`}): peers from npm are absent`;
}

/** Whether the packages of the lock file are there. npm keeps a copy of the lock file beside what it installed. Packages for other platforms are not in it. */
export function areInstalled(folder: string): boolean {
  try {
    const wanted = packagesOf(join(folder, "package-lock.json"));
    const installed = packagesOf(join(folder, "node_modules", ".package-lock.json"));
    return Object.entries(wanted).every(
      ([path, { version, optional }]) => path === "" || optional === true || installed[path]?.version === version,
    );
  } catch {
    return false; // there is none, or it cannot be read
  }
}

type Packages = Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;

function packagesOf(file: string): Packages {
  return (JSON.parse(readFileSync(file, "utf8")) as { packages: Packages }).packages;
}
