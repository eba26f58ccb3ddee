import { readFile, stat } from "node:fs/promises";
import {
  compile,
  DtypeError,
  decodeSafetensors,
  encode,
  FormatError,
  formatBytes,
  formatCount,
  type Preprocessing,
  scalar,
  type Tensor,
  variablesOf,
} from "glassnet";
import { lowerProgram, type Program, printLowered, printProgram } from "glassnet/engine";
import { type Call, verb } from "./context.ts";
import { exitCodes, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import type { Messages } from "./messages/index.ts";
import { printModelSummary } from "./model-summary.ts";
import { percent, significant } from "./numbers.ts";
import { fileOf, type OpenedModel, openModel } from "./saved-model.ts";
import { tableLines } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { printHead } from "./train-report.ts";
import { visible } from "./visible.ts";
import { wrap } from "./width.ts";

const USAGE = "glassnet inspect MODEL [options]";

const flags = {
  program: {
    kind: "flag",
    default: false,
    help: "also print the program of one prediction, and what the kernels make of it",
    zh: "同时列出一次预测的程序，以及内核实际执行的形式",
  },
  json: { kind: "flag", default: false, help: "print one JSON object and nothing else", zh: "只输出一个 JSON 对象" },
} as const satisfies FlagTable;

/** What the numbers of one parameter look like. */
interface WeightStatistics {
  readonly name: string;
  readonly shape: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  /** Share of zeros. */
  readonly zeros: number;
}

function statisticsOf(name: string, shape: readonly number[], data: ArrayLike<number>): WeightStatistics {
  let [min, max, sum, squares, none] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    min = Math.min(min, x);
    max = Math.max(max, x);
    sum += x;
    if (x === 0) none++;
  }
  const mean = sum / data.length;
  for (let i = 0; i < data.length; i++) squares += (data[i]! - mean) ** 2;
  return { name, shape, min, max, mean, std: Math.sqrt(squares / data.length), zeros: none / data.length };
}

function printWeights(terminal: Terminal, weights: readonly WeightStatistics[], m: Messages): void {
  const text = m.models.inspect;
  printHead(terminal, text.weightsHead);
  const { columns } = text;
  const [head, ...lines] = tableLines(
    [
      [columns.name, columns.shape, columns.min, columns.max, columns.mean, columns.std, columns.zeros],
      ...weights.map(({ name, shape, min, max, mean, std, zeros: none }) => [
        visible(name),
        shape.map((n) => formatCount(n)).join(" × "),
        min.toFixed(4),
        max.toFixed(4),
        mean.toFixed(4),
        std.toFixed(4),
        percent(none, 1),
      ]),
    ],
    { align: ["left", "left"], indent: "  " },
  );
  terminal.print(terminal.paint.dim(head!));
  for (const line of lines) terminal.print(line);
}

/** What can be said of a model with layers that only its author has: its tensors. */
async function inspectForeign(path: string, reason: FormatError, call: Call<typeof flags>): Promise<void> {
  const { terminal, m, values, writeJson } = call;
  const bytes = await readFile(path);
  const weights = [...decodeSafetensors(bytes, path).tensors].map(([name, { shape, data }]) =>
    statisticsOf(name, shape, data),
  );
  if (values.json) {
    writeJson({ version: 1, file: path, bytes: bytes.length, architecture: null, problem: reason.message, weights });
    return;
  }
  terminal.print(terminal.paint.bold(m.models.inspect.file(path, formatBytes(bytes.length))));
  const width = Math.min(terminal.columns, 100);
  terminal.print(wrap(visible(reason.message.split("\n")[0]!), width, "  "));
  terminal.print(wrap(m.models.ownLayers, width, "  "));
  printWeights(terminal, weights, m);
}

async function allStatistics({ saved }: OpenedModel): Promise<WeightStatistics[]> {
  const found: WeightStatistics[] = [];
  for (const [name, { value }] of variablesOf(saved.model)) {
    found.push(statisticsOf(name, value.shape, await value.data()));
  }
  return found;
}

/** The program of one prediction, from the stored pixels to the outputs that are shown. */
function programOf({ saved }: OpenedModel): Program {
  const { model, preprocessing, inputShape, outputs } = saved;
  const predictOne = compile((stored: Tensor) => {
    const y = model.call(encode(preprocessing, stored));
    return outputs === "scores" ? y : y.softmax();
  });
  // The example stands for its shape only and is never computed, however large it is.
  const example = (dtype: "f32" | "i32") => scalar(0, { dtype }).broadcastTo([1, ...inputShape]);
  try {
    return predictOne.program(example("f32"));
  } catch (error) {
    if (error instanceof DtypeError) return predictOne.program(example("i32")); // it takes indices
    throw error;
  }
}

/** What the kernels run; undefined for programs that run on the reference backend alone. */
function loweredLines(program: Program): string[] | undefined {
  if (program.buffers.some(({ dtype }) => dtype === "f64")) return undefined;
  return printLowered(lowerProgram(program)).split("\n");
}

function printPrograms(opened: OpenedModel, { terminal, m }: Call<typeof flags>): void {
  const text = m.models.inspect;
  const width = Math.min(terminal.columns, 100);
  const note = (words: string) => terminal.print(terminal.paint.dim(wrap(words, width, "  ")));
  const program = programOf(opened);
  printHead(terminal, text.programHead);
  note(text.programNote);
  for (const line of printProgram(program).split("\n")) terminal.print(`  ${visible(line)}`);
  printHead(terminal, text.loweredHead);
  const lines = loweredLines(program);
  note(lines === undefined ? text.notLowered : text.loweredNote);
  for (const line of lines ?? []) terminal.print(`  ${visible(line)}`);
}

function preprocessingText(preprocessing: Preprocessing, m: Messages): string {
  const text = m.models.inspect.preprocessing;
  switch (preprocessing.kind) {
    case "none":
      return text.none;
    case "intensity":
      return text.intensity(significant(preprocessing.scale, 6));
    case "binary":
      return text.binary(String(preprocessing.threshold));
    case "standardize":
      return text.standardize(String(preprocessing.mean.length));
  }
}

/** Nested notes as lines of `name: value`. */
function noteLines(notes: object, prefix = ""): string[] {
  return Object.entries(notes).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? noteLines(value, `${prefix}${name}.`)
      : [`${prefix}${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`],
  );
}

async function printModel(opened: OpenedModel, bytes: number, call: Call<typeof flags>): Promise<void> {
  const { terminal, m, values } = call;
  const { saved, path } = opened;
  const text = m.models.inspect;
  const width = Math.min(terminal.columns, 100);
  terminal.print(terminal.paint.bold(text.file(path, formatBytes(bytes))));
  terminal.print();
  printModelSummary(terminal, saved.model, saved.inputShape, m);
  terminal.print();
  terminal.print(`  ${text.inputs(`[${saved.inputShape.join(", ")}]`)}`);
  terminal.print(`  ${preprocessingText(saved.preprocessing, m)}`);
  terminal.print(`  ${text.outputs[saved.outputs ?? "logits"]}`);
  if (saved.classNames !== undefined) {
    terminal.print(wrap(text.classes(visible(saved.classNames.join(" "))), width, "  "));
  }
  printWeights(terminal, await allStatistics(opened), m);
  if (saved.notes !== undefined) {
    printHead(terminal, text.notesHead);
    for (const line of noteLines(saved.notes)) terminal.print(`  ${visible(line)}`);
  }
  if (values.program) printPrograms(opened, call);
}

export const inspectVerb = verb({
  name: "inspect",
  usage: [USAGE],
  flags,
  examples: [
    ["npx glassnet inspect runs/…", { en: "layers, weights, notes", zh: "各层、权重与附注" }],
    [
      "npx glassnet inspect runs/… --program",
      { en: "what the backend runs for one prediction", zh: "一次预测时后端执行的程序" },
    ],
  ],
  async run(call) {
    const { positionals, values, m, writeJson } = call;
    const [name, extra] = positionals;
    const usage = m.usage.seeUsage(m.help.usageLine(USAGE));
    if (name === undefined) throw new UsageFailure(m.usage.missingModel("inspect"), usage);
    if (extra !== undefined) throw new UsageFailure(m.usage.extraArgument("inspect", extra), usage);
    const path = await fileOf(name, m);
    const opened = await openModel(path, m).catch((error: unknown) => {
      if (error instanceof FormatError && error.reason === "unknown-layer") return error;
      throw error;
    });
    if (opened instanceof FormatError) {
      await inspectForeign(path, opened, call);
      return exitCodes.done;
    }
    const { size } = await stat(opened.path);
    if (values.json) {
      const { model, ...rest } = opened.saved;
      const weights = await allStatistics(opened);
      const program = values.program ? programOf(opened) : undefined;
      writeJson({
        version: 1,
        file: opened.path,
        bytes: size,
        architecture: model.config(),
        ...rest,
        weights,
        ...(program && { program: printProgram(program).split("\n"), lowered: loweredLines(program) ?? null }),
      });
    } else {
      await printModel(opened, size, call);
    }
    return exitCodes.done;
  },
});
