import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Connection, type Method, type Params, parseReply, type Result, SubjectFault } from "./protocol.ts";

/** @file A subject in a process of its own: requests go to its standard input, replies come from its standard output. */

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (fault: SubjectFault) => void;
}

/** The end of standard error is kept, to say why a process died. */
const KEPT_OUTPUT = 2000;

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

export function startProcess({ program, args, cwd, env = {} }: Command): Connection {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: "pipe" });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let output = "";
  let end: SubjectFault | undefined;

  const finish = (fault: SubjectFault): void => {
    end ??= fault;
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
  };
  const gone = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      finish(new SubjectFault("absent", error.message));
      resolve();
    });
    child.on("exit", (code, signal) => {
      const how = signal === null ? `exit code ${code}` : signal;
      finish(new SubjectFault("failed", `the process ended (${how}): ${lastLine(output)}`));
      resolve();
    });
  });
  child.stdin.on("error", () => undefined); // the process is gone; its exit says so
  child.stderr.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    let reply: ReturnType<typeof parseReply>;
    try {
      reply = parseReply(line);
    } catch {
      output = `${output}${line}\n`.slice(-KEPT_OUTPUT); // a library that prints
      return;
    }
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("result" in reply) asked?.resolve(reply.result);
    else asked?.reject(new SubjectFault(reply.fault, reply.message));
  });

  const close = async (): Promise<void> => {
    child.stdin.end();
    child.kill("SIGKILL");
    await gone;
  };

  const call = async <M extends Method>(method: M, params: Params<M>, timeoutMs: number): Promise<Result<M>> => {
    if (end !== undefined) throw end;
    const id = nextId++;
    const reply = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    const timer = setTimeout(() => {
      finish(new SubjectFault("failed", `no reply to "${method}" within ${timeoutMs / 1000} s`));
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    try {
      return (await reply) as Result<M>;
    } finally {
      clearTimeout(timer);
    }
  };

  return { call, close };
}
