import {
  type Capture,
  capture,
  checkGradients,
  formatCount,
  fromData,
  type GradientCheck,
  type Layer,
  type Loss,
  type Tensor,
} from "glassnet";
import type { Device } from "glassnet/engine";
import type { Decision, Digitizer } from "./decision.ts";
import { SIDE } from "./draw.ts";
import { Failure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";
import { endsInSigmoid, type LinearPlace, linearPlaces } from "./network.ts";
import { digitsUntil, largest, significant } from "./numbers.ts";
import { lossOf } from "./recipe.ts";
import { tableLines } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { wrap } from "./width.ts";

const SHOWN = 6;
/** Outputs of so many neurons are shown in full. */
const ALL_SHOWN = 10;

/** One example's way forward and back, as the library computed it. */
export interface Backprop {
  readonly decision: Decision;
  readonly device: Device;
  readonly run: Capture;
  readonly loss: number;
  readonly places: readonly LinearPlace[];
  /** Output of each layer by path. */
  readonly outputs: ReadonlyMap<string, ArrayLike<number>>;
  /** δ: the gradient for the weighted sums of each linear layer, by path. */
  readonly deltas: ReadonlyMap<string, ArrayLike<number>>;
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>;
  check(onProgress?: (done: number, total: number) => void): Promise<GradientCheck[]>;
  toJson(): Promise<object>;
}

export async function readBackprop(
  { model, outputs: kind = "logits" }: Digitizer,
  decision: Decision,
  device: Device,
): Promise<Backprop> {
  const loss: Loss = lossOf(kind === "logits" ? "cross-entropy" : "mse");
  const targets = fromData(Int32Array.of(decision.label), [1]);
  const run = await capture(model, decision.x, { loss, targets, device });
  const places = linearPlaces(model);
  const read = async (entries: readonly (readonly [string, Tensor | undefined])[]) => {
    const found = new Map<string, ArrayLike<number>>();
    for (const [path, tensor] of entries) if (tensor !== undefined) found.set(path, await tensor.data({ device }));
    return found;
  };
  const layers = [...run.layers.values()];
  const outputs = await read(layers.map(({ path, output }) => [path, output]));
  const deltas = await read(places.map(({ path }) => [path, run.layers.get(path)?.outputGrad]));
  const gradients = await read(Object.entries(run.paramGrads ?? {}));
  const lossValue = await run.loss!.item({ device });
  const check = (onProgress?: (done: number, total: number) => void) =>
    checkGradients(model, decision.x, { loss, targets, device, ...(onProgress && { onProgress }) });
  return {
    decision,
    device,
    run,
    loss: lossValue,
    places,
    outputs,
    deltas,
    gradients,
    check,
    toJson: async () => ({
      loss: lossValue,
      deltas: Object.fromEntries([...deltas].map(([path, values]) => [path, Array.from(values)])),
      gradients: [...gradients].map(([parameter, values]) => ({ parameter, ...sizesOf(values) })),
      checks: await check(),
    }),
  };
}

function sizesOf(values: ArrayLike<number>) {
  let [alive, squares, most] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const g = values[i]!;
    if (g !== 0) alive++;
    squares += g * g;
    most = Math.max(most, Math.abs(g));
  }
  return { size: values.length, alive, norm: Math.sqrt(squares), largest: most };
}

function printTable(
  terminal: Terminal,
  rows: readonly (readonly string[])[],
  align: readonly ("left" | "right")[] = ["left"],
): void {
  const [head, ...lines] = tableLines(rows, { align, indent: "   " });
  terminal.print(terminal.paint.dim(head!));
  for (const line of lines) terminal.print(line);
}

function printForward(terminal: Terminal, { decision, outputs, run }: Backprop, m: Messages): void {
  const text = m.explain.backprop;
  terminal.print(terminal.paint.bold(text.forward));
  const inputs = outputs.get([...run.layers.keys()][0] ?? "") ?? [];
  const alive = sizesOf(inputs).alive;
  const width = Math.min(terminal.columns, 120) - 2;
  terminal.print(`   ${text.input(formatCount(decision.pixels.length), formatCount(alive))}`);
  for (const [path, values] of outputs) {
    if (path === "" || values.length === decision.pixels.length) continue;
    const title = run.layers.get(path)!.output.shape.slice(1).join(" × ");
    const lines = (count: number) => {
      const shown = Array.from(values).slice(0, count);
      const numbers = shown.map((x) => significant(x, 3)).join(", ");
      return wrap(text.layer(path, `[${title}]`, numbers + (values.length > count ? ", …" : "")), width, "   ");
    };
    let count = ALL_SHOWN;
    if (values.length > ALL_SHOWN) while (count > 1 && lines(count).includes("\n")) count--;
    terminal.print(lines(count).replaceAll("\n", "\n  "));
  }
}

/**
 * The probability of one class and its logarithm, in double precision, as texts of which one follows from the other:
 * close to 1 a probability is told by what it lacks.
 */
function surprise(logits: ArrayLike<number>, label: number): { p: string; loss: string } {
  const powers = Array.from(logits, (z) => Math.exp(z - logits[label]!));
  const others = powers.reduce((sum, power, k) => (k === label ? sum : sum + power), 0);
  const p = 1 / (1 + others);
  if (p < 0.9) {
    const shown = significant(p, 10);
    return { p: shown, loss: significant(-Math.log(Number(shown)), 6) };
  }
  const missing = significant(others / (1 + others), 6);
  return { p: `(1 − ${missing})`, loss: significant(-Math.log1p(-Number(missing)), 6) };
}

function printLoss(terminal: Terminal, { decision, loss, outputs }: Backprop, m: Messages): void {
  const text = m.explain.backprop;
  terminal.print(terminal.paint.bold(text.loss));
  const { label, kind } = decision;
  const library = significant(loss, 6);
  const logits = [...outputs.values()].at(-1) ?? [];
  const line =
    kind === "logits"
      ? text.crossEntropy({ label: String(label), ...surprise(logits, label), library })
      : text.squared(library);
  terminal.print(`   ${line}`);
}

/** δ of an output by the textbook: p − y for softmax with cross-entropy, the chain rule for squared errors of sigmoids. */
function deltaByHand({ kind, probabilities, label }: Decision, k: number): number {
  const p = probabilities[k]!;
  const y = k === label ? 1 : 0;
  return kind === "logits" ? p - y : (2 / probabilities.length) * (p - y) * p * (1 - p);
}

/** Whether the formulas of the last layer are those printed here. */
function isClassic(model: Layer, { decision, places, run }: Backprop): boolean {
  const paths = [...run.layers.keys()].filter((path) => path !== "");
  const behind = paths.slice(paths.indexOf(places.at(-1)?.path ?? "") + 1);
  if (decision.kind === "logits") return behind.length === 0;
  return behind.length === 1 && endsInSigmoid(model);
}

/** With so many digits that δ follows from it. */
function outputText(p: number): string {
  return p === 0 || p >= 1e-4 ? p.toFixed(12) : p.toExponential(7);
}

function printOutputs(terminal: Terminal, backprop: Backprop, isKnown: boolean, m: Messages): void {
  const { decision, deltas, places } = backprop;
  const text = m.explain.backprop;
  const { columns } = text;
  const isLogits = decision.kind === "logits";
  const library = deltas.get(places.at(-1)?.path ?? "") ?? [];
  if (isKnown) terminal.print(`   ${isLogits ? text.outputs : text.outputsSquared}`);
  const rows = Array.from({ length: library.length }, (_, k) => [
    String(k),
    outputText(decision.probabilities[k]!),
    k === decision.label ? "1" : "0",
    ...(isKnown ? [deltaByHand(decision, k).toExponential(4)] : []),
    library[k]!.toExponential(4),
  ]);
  const head = [
    columns.class,
    isLogits ? columns.p : columns.s,
    columns.y,
    ...(isKnown ? [columns.delta] : []),
    columns.library,
  ];
  printTable(terminal, [head, ...rows], ["right"]);
}

/** The largest δ of each hidden layer, and one weight's gradient worked out. */
async function printHidden(
  terminal: Terminal,
  { run, deltas, device, gradients, places }: Backprop,
  m: Messages,
): Promise<void> {
  const text = m.explain.backprop;
  const width = Math.min(terminal.columns, 100);
  for (const { path, number, isFirst, layer } of [...places].reverse()) {
    const delta = deltas.get(path) ?? [];
    const sizes = Array.from(delta, Math.abs);
    const units = largest(sizes, SHOWN).filter((unit) => delta[unit] !== 0);
    if (number !== places.length) {
      const alive = formatCount(sizesOf(delta).alive);
      terminal.print(wrap(text.hidden(number, path, alive, formatCount(delta.length)), width, "   "));
      for (const unit of units) terminal.print(`     ${text.neuron(unit, significant(delta[unit]!))}`);
    }
    const [unit] = units;
    if (unit === undefined) continue;
    const inputs = await run.layers.get(path)!.input.data({ device });
    const [index = 0] = largest(Array.from(inputs, Math.abs), 1);
    const input = isFirst
      ? m.explain.neuron.pixel(Math.floor(index / SIDE), index % SIDE, index)
      : m.explain.neuron.unit(number - 1, index);
    const product = delta[unit]! * inputs[index]!;
    const own = gradients.get(`${path}.weight`)?.[unit * layer.inFeatures + index] ?? Number.NaN;
    const rounded = (x: number, digits: number) => Number(significant(x, digits));
    const digits = digitsUntil(
      5,
      9,
      (n) => significant(rounded(delta[unit]!, n) * rounded(inputs[index]!, n), 5) === significant(product, 5),
    );
    const line = text.weight({
      unit,
      input,
      delta: significant(delta[unit]!, digits),
      value: significant(inputs[index]!, digits),
      product: significant(product, 5),
      library: significant(own, 5),
    });
    terminal.print(terminal.paint.dim(wrap(line, width, "   ")));
  }
}

function printGradients(terminal: Terminal, { gradients }: Backprop, m: Messages): void {
  const text = m.explain.backprop;
  const { gradientColumns: columns } = text;
  terminal.print(terminal.paint.bold(text.gradients));
  const rows = [...gradients].map(([path, values]) => {
    const { size, alive, norm, largest: most } = sizesOf(values);
    return [path, formatCount(size), formatCount(alive), significant(norm), significant(most)];
  });
  printTable(terminal, [[columns.name, columns.size, columns.alive, columns.norm, columns.largest], ...rows]);
}

const REDRAW_MS = 100;

async function printCheck(terminal: Terminal, backprop: Backprop, m: Messages): Promise<void> {
  const text = m.explain.backprop;
  const { checkColumns: columns } = text;
  terminal.print(terminal.paint.bold(wrap(text.check, Math.min(terminal.columns, 100))));
  let drawn = 0;
  const checks = await backprop.check((done, total) => {
    const now = performance.now();
    if (now - drawn < REDRAW_MS) return;
    drawn = now;
    terminal.live(`   ${text.checking(formatCount(done), formatCount(total))}`);
  });
  terminal.live("");
  const digits = (error: number) => (error === 0 ? "–" : String(Math.max(0, Math.floor(-Math.log10(error)))));
  const rows = checks.map((check) => [
    check.path,
    formatCount(check.size),
    formatCount(check.compared),
    formatCount(check.zeros),
    Math.max(check.maxError, check.zeroSlope).toExponential(1),
    digits(check.maxError),
  ]);
  printTable(terminal, [
    [columns.name, columns.size, columns.compared, columns.zeros, columns.error, columns.digits],
    ...rows,
  ]);
  const worst = checks.reduce((a, b) =>
    Math.max(a.maxError, a.zeroSlope) >= Math.max(b.maxError, b.zeroSlope) ? a : b,
  );
  const error = Math.max(worst.maxError, worst.zeroSlope);
  const wrong = checks.find(({ agrees }) => !agrees);
  if (wrong !== undefined) {
    throw new Failure(text.mismatch(wrong.path, Math.max(wrong.maxError, wrong.zeroSlope).toExponential(1)));
  }
  const total = formatCount(checks.reduce((sum, { size }) => sum + size, 0));
  terminal.print(
    terminal.paint.good(wrap(text.verdict(total, error.toExponential(1)), Math.min(terminal.columns, 100), "   ")),
  );
  if (checks.some(({ zeros }) => zeros > 0)) {
    terminal.print(terminal.paint.dim(wrap(text.zeros, Math.min(terminal.columns, 100), "   ")));
  }
  if (error > 1e-6) terminal.print(wrap(text.tiny, Math.min(terminal.columns, 100), "   "));
}

/** Prints the way forward, the loss, the way back, the gradients, and the check of each of them. */
export async function printBackprop(terminal: Terminal, backprop: Backprop, model: Layer, m: Messages): Promise<void> {
  const text = m.explain.backprop;
  terminal.print(terminal.paint.bold(text.head));
  terminal.print();
  printForward(terminal, backprop, m);
  terminal.print();
  printLoss(terminal, backprop, m);
  terminal.print();
  terminal.print(terminal.paint.bold(text.backward));
  printOutputs(terminal, backprop, isClassic(model, backprop), m);
  terminal.print();
  await printHidden(terminal, backprop, m);
  terminal.print();
  printGradients(terminal, backprop, m);
  terminal.print();
  await printCheck(terminal, backprop, m);
}
