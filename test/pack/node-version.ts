import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** npm as a program for Node, which starts in the same way on every system. */
export const npm =
  process.env.npm_execpath?.endsWith(".js") === true ? process.env.npm_execpath : npmBeside(process.execPath);

function npmBeside(node: string): string {
  const modules = process.platform === "win32" ? "node_modules" : "../lib/node_modules";
  return join(dirname(node), modules, "npm/bin/npm-cli.js");
}

export async function runNpm(args: readonly string[], cwd: string, env = process.env): Promise<string> {
  const quiet = ["--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"];
  const { stdout } = await execute(process.execPath, [npm, ...args, ...quiet], { cwd, env });
  return stdout;
}

/** Another version of Node, from the registry, put into a folder: the path of its program. */
export async function fetchNode(version: string, folder: string): Promise<string> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const prefix = join(folder, `node-${version}`);
  await runNpm(["install", "--ignore-scripts", "--prefix", prefix, `${name}@${version}`], folder);
  const program = process.platform === "win32" ? "node.exe" : "node";
  return join(prefix, "node_modules", name, "bin", program);
}
