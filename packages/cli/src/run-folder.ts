import { existsSync, lstatSync } from "node:fs";
import { appendFile, mkdir, readdir, rm, rmdir, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SavedModel, TrainEvent } from "glassnet";
import { save, writeFileAtomic } from "glassnet/node";
import { Failure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";

/**
 * @file What a training leaves behind, one folder a run:
 *
 * - `model.safetensors`  the network, with architecture, classes and preprocessing: all that a prediction needs
 * - `config.json`        what was asked for, and on which data
 * - `events.jsonl`       the events of the training, one JSON object a line
 * - `summary.json`       what came out: the object that `--json` prints, with the confusion table
 *
 * The model is there from the start, with its start values, and is replaced as a whole whenever the validation set says
 * that a later one is better: so a full disk shows before the training and not after it, and even a killed run leaves
 * its best network behind. The JSON files carry `version`, which rises when a field changes its meaning.
 */

export const RUN_VERSION = 1;

export const runFiles = {
  model: "model.safetensors",
  config: "config.json",
  events: "events.jsonl",
  summary: "summary.json",
} as const;

/** Events are written in one go after this long. */
const FLUSH_MS = 1000;

export interface RunFolder {
  /** As the user would write it. */
  readonly path: string;
  /** Whether it was not there before. */
  readonly isNew: boolean;
  fileOf(name: keyof typeof runFiles): string;
  saveModel(saved: SavedModel): Promise<void>;
  saveJson(name: "config" | "summary", content: object): Promise<void>;
  /** Notes an event; it reaches the file within a second or so. */
  log(event: TrainEvent): Promise<void>;
  /** Writes what `log` still holds. @throws Failure if it cannot; the file then ends with a whole line. */
  flush(): Promise<void>;
}

function stamp(now: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const date = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${date}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What the system refused, in the language of the user. */
function reasonOf(cause: unknown, m: Messages): string {
  const { reasons } = m.train.folderTrouble;
  const code = codeOf(cause);
  if (Object.hasOwn(reasons, code)) return reasons[code as keyof typeof reasons];
  return code === "" ? String(cause) : code;
}

function isSymbolicLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // what is not there is no link
  }
}

/** Whether a part of the path is a link to nothing, for which the system has several codes. */
function leadsNowhere(path: string): boolean {
  const isLink = isSymbolicLink(path);
  if (isLink || dirname(path) === path) return isLink && !existsSync(path);
  return leadsNowhere(dirname(path));
}

function notEmpty(path: string, m: Messages, cause?: unknown): Failure {
  return new Failure(m.train.folderTrouble.notEmpty(path), m.train.folderTrouble.elsewhere, cause);
}

function cannotUse(path: string, cause: unknown, m: Messages): Failure {
  const { cannotUse: text, elsewhere } = m.train.folderTrouble;
  return new Failure(text(path, reasonOf(cause, m)), elsewhere, cause);
}

function logIncomplete(path: string, cause: unknown, m: Messages): Failure {
  return new Failure(m.train.logIncomplete(path, reasonOf(cause, m)), undefined, cause);
}

function cannotCreate(path: string, cause: unknown, m: Messages): Failure {
  const { cannotCreate: text, elsewhere, reasons } = m.train.folderTrouble;
  const isDangling = ["ENOENT", "ENOTDIR", "EEXIST"].includes(codeOf(cause)) && leadsNowhere(path);
  return new Failure(text(path, isDangling ? reasons.ENOENT : reasonOf(cause, m)), elsewhere, cause);
}

/**
 * A folder that was not there, or was empty: a run never overwrites another. Of runs that come at the same moment, the
 * one that makes the first file has it.
 */
async function claim(path: string, m: Messages): Promise<{ isNew: boolean }> {
  let created: string | undefined;
  try {
    created = await mkdir(path, { recursive: true });
  } catch (cause) {
    throw cannotCreate(path, cause, m);
  }
  try {
    if ((await readdir(path)).length > 0) throw notEmpty(path, m);
    await writeFile(join(path, runFiles.events), "", { flag: "wx" });
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw codeOf(cause) === "EEXIST" ? notEmpty(path, m, cause) : cannotUse(path, cause, m);
  }
  return { isNew: created !== undefined };
}

/** `runs/<date>-<time>-seed<seed>`, with a number behind it if that is taken. */
async function claimNew(seed: number, m: Messages): Promise<string> {
  const parent = "runs";
  try {
    await mkdir(parent, { recursive: true });
  } catch (cause) {
    throw cannotCreate(parent, cause, m);
  }
  const id = `${stamp(new Date())}-seed${seed}`;
  for (let count = 1; ; count++) {
    const path = join(parent, count === 1 ? id : `${id}-${count}`);
    try {
      await mkdir(path);
      return path;
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cannotCreate(path, cause, m);
    }
  }
}

/** Losses as plain numbers, so that a line is ordinary JSON. */
function lineOf(event: TrainEvent): string {
  return `${JSON.stringify(event.kind === "step" ? { ...event, losses: Array.from(event.losses) } : event)}\n`;
}

/** Takes back the part of a line with which a failed writing of `text` behind `before` bytes ended. */
async function cutToWholeLines(path: string, before: number, text: string): Promise<void> {
  const { size } = await stat(path);
  const written = Buffer.from(text).subarray(0, Math.max(0, size - before));
  const whole = before + written.lastIndexOf("\n") + 1;
  if (whole < size) await truncate(path, whole);
}

/** @throws Failure if there can be no such folder, or there is something in it. */
export async function createRunFolder(
  options: { readonly output: string | undefined; readonly seed: number },
  m: Messages,
): Promise<RunFolder> {
  const { output } = options;
  const { isNew } = output === undefined ? { isNew: true } : await claim(output, m);
  const path = output ?? (await claimNew(options.seed, m));
  const fileOf = (name: keyof typeof runFiles) => join(path, runFiles[name]);
  let pending = "";
  let lastFlush = performance.now();
  let loggedBytes = 0;
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = "";
    lastFlush = performance.now();
    if (text === "") return;
    const path = fileOf("events");
    try {
      await appendFile(path, text);
      loggedBytes += Buffer.byteLength(text);
    } catch (cause) {
      await cutToWholeLines(path, loggedBytes, text).catch(() => undefined); // the first error says more
      throw logIncomplete(path, cause, m);
    }
  };
  return {
    path,
    isNew,
    fileOf,
    flush,
    saveModel: (saved) => save(fileOf("model"), saved),
    saveJson: (name, content) => writeFileAtomic(fileOf(name), `${JSON.stringify(content, undefined, 2)}\n`),
    async log(event) {
      pending += lineOf(event);
      if (event.kind !== "step" || performance.now() - lastFlush > FLUSH_MS) await flush();
    },
  };
}

/** Takes back a folder in which nothing could be saved, as far as it is ours. */
export async function removeRunFolder({ path, isNew, fileOf }: RunFolder): Promise<void> {
  for (const name of Object.keys(runFiles) as (keyof typeof runFiles)[]) await rm(fileOf(name), { force: true });
  if (isNew) await rmdir(path);
}
