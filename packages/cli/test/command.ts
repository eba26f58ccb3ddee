import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command as a process of its own, on the sources. */
const launcher = fileURLToPath(new URL("./launch.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");
const nodeFlags = ["--import", tsx, "--conditions=@glassnet/source"];
const programArguments = [...nodeFlags, launcher];

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** Collects what a process prints until it ends. */
export function finished(child: ChildProcess): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

export const start = (args: readonly string[], options: CommandOptions): ChildProcess =>
  startProgram(launcher, args, options);

/** The same of another copy of the command. */
export function startProgram(program: string, args: readonly string[], { cwd, env }: CommandOptions): ChildProcess {
  return spawn(process.execPath, [...nodeFlags, program, ...args], { cwd, env: environment(env), stdio: "pipe" });
}

export function glassnet(args: readonly string[], options: CommandOptions): Promise<Finished> {
  const child = start(args, options);
  child.stdin?.end();
  return finished(child);
}

/** Runs commands one after the other in one process, for tests of what many of them print. */
export async function glassnetAll(
  calls: readonly (readonly string[])[],
  { cwd, env }: CommandOptions,
): Promise<Finished[]> {
  const session = fileURLToPath(new URL("./session.ts", import.meta.url));
  const child = spawn(process.execPath, [...nodeFlags, session], { cwd, env: environment(env), stdio: "pipe" });
  child.stdin.end(JSON.stringify(calls));
  const { code, stdout, stderr } = await finished(child);
  if (code !== 0 || stderr !== "") throw new Error(`the session ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Finished[];
}

/** Runs a line of bash in which `glassnet` is the command. */
export function shell(line: string, { cwd, env }: CommandOptions): Promise<Finished> {
  const quoted = [process.execPath, ...programArguments].map((part) => `'${part}'`).join(" ");
  const script = `glassnet() { ${quoted} "$@"; }\n${line}`;
  return finished(spawn("bash", ["-c", script], { cwd, env: environment(env), stdio: ["ignore", "pipe", "pipe"] }));
}

/** A folder for one test file. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `glassnet-${name}-`)));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The object on the last line of standard output. */
export function lastJson({ stdout }: Finished): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
}
