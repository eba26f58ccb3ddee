import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fetchNode, npm, runNpm } from "./node-version.ts";

/**
 * @file What somebody has who installs the published package: an empty project with the tarball in it, and a machine with Node and
 * without a compiler.
 */

const execute = promisify(execFile);
const root = join(import.meta.dirname, "../..");

export interface Project {
  readonly folder: string;
  /** Runs a module of the project with a Node, which is this one by default, and gives what it printed. */
  run(module: string, argument: unknown, node?: string): Promise<string>;
  /** Another version of Node, from the registry: the path of its program. */
  node(version: string): Promise<string>;
  remove(): void;
}

/** A project with the packed library and the programs of this folder in it, and nothing else. The library is built first. */
export async function makeProject(): Promise<Project> {
  await execute(process.execPath, [npm, "run", "--silent", "build"], { cwd: root });
  const home = mkdtempSync(join(tmpdir(), "glassnet-pack-"));
  const folder = join(home, "project");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  cpSync(join(import.meta.dirname, "program"), folder, { recursive: true });

  // The only programs that can be found: no compiler, no make, no Python.
  const path = join(home, "bin");
  mkdirSync(path);
  symlinkSync(process.execPath, join(path, "node"));
  const env = { PATH: path, HOME: home, TMPDIR: tmpdir() };

  await runNpm(["pack", "--ignore-scripts", "--workspace", "packages/glassnet", "--pack-destination", home], root);
  const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack left no tarball in ${home}`);
  await runNpm(["install", "--offline", join(home, tarball)], folder, env);

  return {
    folder,
    run: async (module, argument, node = process.execPath) => {
      const { stdout, stderr } = await execute(node, [module, JSON.stringify(argument)], { cwd: folder, env });
      if (stderr !== "") throw new Error(`${module} complained: ${stderr}`);
      return stdout;
    },
    node: (version) => fetchNode(version, home),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
