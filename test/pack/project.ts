import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/**
 * @file What somebody has who installs the published package: an empty project with the tarball in it, and a machine with Node and
 * without a compiler.
 */

const execute = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** npm as a program for Node, which starts in the same way on every system. */
const npm = process.env.npm_execpath?.endsWith(".js") === true ? process.env.npm_execpath : npmBeside(process.execPath);

function npmBeside(node: string): string {
  const modules = process.platform === "win32" ? "node_modules" : "../lib/node_modules";
  return join(dirname(node), modules, "npm/bin/npm-cli.js");
}

async function runNpm(args: readonly string[], cwd: string, env = process.env): Promise<string> {
  const quiet = ["--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"];
  const { stdout } = await execute(process.execPath, [npm, ...args, ...quiet], { cwd, env });
  return stdout;
}

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
    node: async (version) => {
      const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
      const prefix = join(home, `node-${version}`);
      await runNpm(["install", "--ignore-scripts", "--prefix", prefix, `${name}@${version}`], home);
      const program = process.platform === "win32" ? "node.exe" : "node";
      return join(prefix, "node_modules", name, "bin", program);
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
