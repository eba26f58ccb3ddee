import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "./driver/machine.ts";
import { measure } from "./driver/measure.ts";
import { installPackages } from "./driver/packages.ts";
import { findPython } from "./driver/python.ts";
import { measureRecipe } from "./driver/recipe.ts";
import { headOf, type Row, rowsOf, tableOf } from "./driver/report.ts";
import { subjectsFor } from "./driver/subjects.ts";
import { storedLosses, writeAnswers } from "./driver/write-answers.ts";
import { trials } from "./workloads/all.ts";
import { answerTo } from "./workloads/answer.ts";
import { unitOf } from "./workloads/workload.ts";

/** @file The benchmark: `npm run bench`. See README.md. */

const HELP = `npm run bench -- [options]

  --only PATTERN      workloads whose name matches this regular expression
  --subjects PATTERN  subjects whose name matches this regular expression
  --json FILE         saves the figures: the machine, and one object for each row
  --python PATH       a Python that imports torch; else python3 or /usr/bin/python3
  --chromium PATH     a Chromium or Chrome for the part in a browser; /usr/bin/chromium by default
  --rounds N          rounds of each subject in each setting; 9 by default
  --patience SECONDS  who does not get through its first steps in this time is too slow to compare; 60 by default
  --list              names the workloads and ends
  --write-answers     computes the losses that all are checked against, by PyTorch in f64, and ends`;

const bench = import.meta.dirname;

const MAX_PATIENCE = 3600;

function parse() {
  const options = {
    only: { type: "string", default: "" },
    subjects: { type: "string", default: "" },
    json: { type: "string" },
    python: { type: "string" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    rounds: { type: "string", default: "9" },
    patience: { type: "string", default: "60" },
    list: { type: "boolean", default: false },
    "write-answers": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    const { values } = parseArgs({ options });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new Error(`--rounds must be a whole number, got ${values.rounds}`);
    const patience = Number(values.patience);
    if (!(patience > 0 && patience <= MAX_PATIENCE)) {
      throw new Error(`--patience must be a number of seconds up to ${MAX_PATIENCE}, got ${values.patience}`);
    }
    return {
      ...values,
      rounds,
      patience,
      only: new RegExp(values.only, "i"),
      subjects: new RegExp(values.subjects, "i"),
    };
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}

/** On a terminal, what happens now is shown on one line that is written over. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

const options = parse();
const chosen = trials.filter(({ title }) => options.only.test(title));
if (options.help || options.list) {
  console.log(options.help ? HELP : chosen.map(({ title }) => title).join("\n"));
  process.exit();
}
if (chosen.length === 0) {
  console.error(`error: no workload matches ${options.only}: --list names them`);
  process.exit(2);
}

const missing = installPackages(bench);
if (missing !== undefined) console.log(`!! ${missing}`);
const python = findPython(options.python);
if (options["write-answers"]) {
  await writeAnswers(
    chosen.map(({ workload }) => workload),
    python,
    tell,
  );
  process.exit();
}

const machine = describeMachine(join(bench, ".."));
const hosts = { python, chromium: options.chromium };
/** A contender whose iterations are long gets fewer rounds: so long in all, for each round that others get. */
const BUDGET_MS = 1_300;
const effort = {
  rounds: options.rounds,
  roundMs: 150,
  budgetMs: BUDGET_MS * options.rounds,
  pauseMs: 30,
  patienceMs: 1000 * options.patience,
};
const begin = performance.now();
const stored = storedLosses();
const rows: Row[] = [];
const page = [headOf(machine)];
const print = (text: string): void => {
  page.push(text);
  tell("");
  console.log(`${text}\n`);
};
const results = join(bench, "results");
mkdirSync(results, { recursive: true });
const table = join(results, `${machine.date.replaceAll(":", "-").slice(0, 19)}.txt`);

/** After every workload, so that a run that is ended early keeps what it has. */
function save(): void {
  writeFileSync(table, `${page.join("\n\n")}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ machine, rows }, null, 2)}\n`);
}

console.log(`${page[0]}\n`);
for (const trial of chosen) {
  const { workload, place } = trial;
  const subjects = subjectsFor(place, workload, hosts).filter(({ name }) => options.subjects.test(name));
  const measured =
    workload.kind === "recipe"
      ? await measureRecipe(trial, workload, subjects, tell)
      : await measure(trial, subjects, answerTo(workload, stored), effort, tell);
  const itsRows = rowsOf(measured, unitOf(workload));
  rows.push(...itsRows);
  print(tableOf(itsRows));
  save();
}

console.log(`Saved ${table}, after ${((performance.now() - begin) / 60_000).toFixed(1)} minutes`);
if (options.json !== undefined) console.log(`Saved ${options.json}`);
const wrong = rows.flatMap(({ workload, subject, fault = "", failures = {} }) =>
  [fault, ...Object.values(failures)]
    .filter((reason) => reason.startsWith("wrong"))
    .map((reason) => `${subject}, ${workload}: ${reason}`),
);
for (const line of wrong) console.log(`!! ${line}`);
process.exit(wrong.length > 0 ? 1 : 0);
