/** @module The glassnet command: `main` runs it on arguments and sets the exit code of the process. */

import { readFileSync } from "node:fs";
import { closest } from "glassnet";
import { parseArguments } from "./arguments.ts";
import type { Context, Verb } from "./context.ts";
import { doctorVerb } from "./doctor.ts";
import { evalVerb } from "./eval.ts";
import { explainVerb } from "./explain.ts";
import { describeError, exitCodeOf, exitCodes, Failure, UsageFailure } from "./failure.ts";
import { commonFlags } from "./flag.ts";
import { printOverview, printVerbHelp } from "./help.ts";
import { inspectVerb } from "./inspect.ts";
import { type Language, type Messages, messagesOf } from "./messages/index.ts";
import { predictVerb } from "./predict.ts";
import { studioVerb } from "./studio.ts";
import { openTerminal, type Terminal } from "./terminal.ts";
import { trainVerb } from "./train.ts";
import { visible } from "./visible.ts";

/** Verbs with flags of any kind, as the table below holds them. */
// biome-ignore lint/suspicious/noExplicitAny: a verb knows its own flags; the table does not
type AnyVerb = Verb<any>;

const verbs = [
  trainVerb,
  evalVerb,
  predictVerb,
  explainVerb,
  inspectVerb,
  studioVerb,
  doctorVerb,
] as readonly AnyVerb[];

function versionOf(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The language comes first: errors about other arguments are told in it. */
function languageOf(argv: readonly string[]): Language {
  const at = argv.lastIndexOf("--lang");
  const value = at >= 0 ? argv[at + 1] : argv.findLast((a) => a.startsWith("--lang="))?.slice("--lang=".length);
  return value === "zh" ? "zh" : "en";
}

function wantsColor(argv: readonly string[]): boolean {
  return !argv.includes("--no-color") && (process.env.NO_COLOR ?? "") === "";
}

/** The first argument that is not a flag: options of every verb may stand before it. */
function splitVerb(argv: readonly string[]): { name: string | undefined; rest: readonly string[] } {
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === "--lang") i++;
    else if (!argument.startsWith("-")) return { name: argument, rest: [...argv.slice(0, i), ...argv.slice(i + 1)] };
  }
  return { name: undefined, rest: argv };
}

function findVerb(name: string, m: Messages): Verb {
  const found = verbs.find((verb) => verb.name === name);
  if (found !== undefined) return found;
  const names = [...verbs.map((verb) => verb.name), "help"];
  const near = closest(name, names);
  throw new UsageFailure(m.usage.unknownVerb(name, names), near && m.usage.didYouMean(`glassnet ${near}`));
}

async function run(
  argv: readonly string[],
  lang: Language,
  m: Messages,
  context: { current?: Context },
): Promise<number> {
  const isColored = wantsColor(argv);
  const open = (stream: NodeJS.WriteStream, isMuted = false): Terminal => openTerminal({ stream, isColored, isMuted });
  const { name, rest } = splitVerb(argv);
  if (name === undefined || name === "help") {
    const { values, positionals } = parseArguments("glassnet", rest, commonFlags, m);
    const terminal = open(process.stdout);
    if (values.version) terminal.print(versionOf());
    else if (positionals[0] !== undefined) printVerbHelp(terminal, findVerb(positionals[0], m), lang, m);
    else printOverview(terminal, verbs, lang, m);
    return exitCodes.done;
  }
  const verb = findVerb(name, m);
  if (rest.includes("--help") || rest.includes("-h")) {
    printVerbHelp(open(process.stdout), verb, lang, m);
    return exitCodes.done;
  }
  const parsed = parseArguments(name, rest, { ...commonFlags, ...verb.flags }, m);
  if (parsed.values.version) {
    open(process.stdout).print(versionOf());
    return exitCodes.done;
  }
  const { json, quiet } = parsed.values as { readonly json?: boolean; readonly quiet?: boolean };
  const terminal = open(json === true ? process.stderr : process.stdout, quiet === true);
  const call = {
    terminal,
    m,
    lang,
    ...parsed,
    onOutputClosed: (exitCode: number) => process.exit(exitCode),
    writeJson: (value: object) => {
      process.stdout.write(`${visible(JSON.stringify(value))}\n`);
    },
  };
  context.current = call;
  return verb.run(call);
}

/**
 * Runs the command on its arguments (without node and script). It never throws: errors are printed, and the exit code of
 * the process says how it went; see `exitCodes`.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const lang = languageOf(argv);
  const m = messagesOf(lang);
  const context: { current?: Context } = {};
  // Whoever read the output has gone, as `head` does: that is no error. A full disk is one.
  let isClosed = false;
  let hasFailed = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (isClosed) return;
      isClosed = true;
      hasFailed = error.code !== "EPIPE";
      if (hasFailed) {
        if (stream === process.stdout)
          process.stderr.write(`${describeError(new Failure(m.failure.cannotPrint(error.message)), m, false)}\n`);
        process.exitCode = exitCodes.failure; // also if the work is done already
      }
      const exitCode = hasFailed ? exitCodes.failure : exitCodes.done;
      if (context.current === undefined) process.exit(exitCode);
      context.current.onOutputClosed(exitCode);
    });
  }
  try {
    const exitCode = await run(argv, lang, m, context);
    process.exitCode = hasFailed && exitCode === exitCodes.done ? exitCodes.failure : exitCode;
  } catch (error) {
    process.stderr.write(`${describeError(error, m, argv.includes("--debug"))}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
