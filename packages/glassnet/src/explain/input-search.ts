import { closest } from "../core/closest.ts";
import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionNames } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import type { DataSupport } from "./data-support.ts";
import {
  type CommonInputOptions,
  type InputBounds,
  type InputName,
  type InputValues,
  inputOptions,
  type OptimizeInputsOptions,
} from "./input-options.ts";

/** The inputs that a search may turn, and all that follows from the options. */
export interface InputSearch {
  readonly goal: { readonly kind: "maximize" | "minimize" } | { readonly kind: "target"; readonly target: number };
  /** Points to start from, all inputs in order. */
  readonly starts: readonly Float64Array[];
  /** Limits of the knobs; of other inputs they mean nothing. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly isKnob: readonly boolean[];
  readonly scales: Float64Array;
  readonly inputShape: Shape;
  /** The name of an input, or its position. */
  readonly nameOf: (input: number) => InputName;
}

const where = "optimizeInputs";

export function failInput(what: string, help?: string): never {
  throw new UsageError("invalid-option", where, what, help === undefined ? {} : { help });
}

const known: OptionNames<CommonInputOptions & Record<"maximize" | "minimize" | "target", unknown>> = {
  ...{
    maximize: true,
    minimize: true,
    target: true,
    output: true,
    names: true,
    knobs: true,
    bounds: true,
    fixed: true,
  },
  ...{ learningRate: true, maxSteps: true, tolerance: true, restarts: true, seed: true, data: true, dtype: true },
  ...{ inputShape: true, onStep: true, signal: true, device: true },
};

/** @throws UsageError for an unknown option, or a plain value out of range. */
export function checkInputOptions(options: OptimizeInputsOptions): void {
  checkNames(where, known, options);
  for (const [name, option] of Object.entries(inputOptions)) {
    const value = options[name as keyof typeof inputOptions];
    if (value !== undefined) checkOption(where, name, option, value);
  }
  const { learningRate } = options;
  if (
    learningRate !== undefined &&
    !(typeof learningRate === "number" && learningRate > 0 && learningRate < Number.POSITIVE_INFINITY)
  ) {
    failInput(`learningRate must be a finite number above 0, got ${describeValue(learningRate)}`);
  }
}

function goalOf(options: OptimizeInputsOptions): InputSearch["goal"] {
  const { maximize, minimize, target }: { maximize?: unknown; minimize?: unknown; target?: unknown } = options;
  const given = Object.entries({ maximize, minimize, target }).filter(([, value]) => value !== undefined);
  const goals = '"maximize: true", "minimize: true" or "target: number"';
  if (given.length !== 1) {
    const got = given.length === 0 ? "none" : given.map(([name]) => name).join(" and ");
    failInput(`exactly one goal is needed, ${goals}, got ${got}`);
  }
  if (target !== undefined) {
    if (typeof target === "number" && Number.isFinite(target)) return { kind: "target", target };
    return failInput(`target must be a finite number, got ${describeValue(target)}`);
  }
  const [[kind, value]] = given as [["maximize" | "minimize", unknown]];
  return value === true ? { kind } : failInput(`${kind} must be true, got ${describeValue(value)}`);
}

const isList = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** Inputs by name or position. */
class Inputs {
  readonly count: number;
  readonly #names: readonly string[] | undefined;

  constructor(count: number, names: readonly string[] | undefined) {
    this.count = count;
    this.#names = names;
    if (names === undefined) return;
    if (!Array.isArray(names) || names.some((name) => typeof name !== "string" || name === "")) {
      failInput("names must be a list of texts");
    }
    if (names.length !== count) failInput(`there are ${names.length} names for ${count} inputs`);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) failInput(`the name ${describeValue(twice)} is given to two inputs`);
  }

  readonly nameOf = (input: number): InputName => this.#names?.[input] ?? input;

  /** In errors: `"price"`, or `input 3`. */
  readonly show = (input: number): string => {
    const name = this.#names?.[input];
    return name === undefined ? `input ${input}` : describeValue(name);
  };

  /** @throws UsageError naming the option, unless there is such an input. */
  indexOf(option: string, name: unknown): number {
    const isPosition = typeof name === "number" || (typeof name === "string" && /^\d+$/.test(name));
    const byName = this.#names?.indexOf(String(name)) ?? -1;
    if (byName >= 0 && typeof name === "string") return byName;
    if (isPosition) {
      const index = Number(name);
      if (Number.isInteger(index) && index >= 0 && index < this.count) return index;
      return failInput(`${option}: there is no input ${String(name)}, expected 0 to ${this.count - 1}`);
    }
    if (this.#names === undefined) {
      return failInput(`${option}: inputs have no names, got ${describeValue(name)}`, "pass names: [...], in order");
    }
    const near = closest(String(name), this.#names);
    const help = near === undefined ? undefined : `did you mean ${near}?`;
    return failInput(`${option}: no input ${describeValue(name)}, expected ${alternatives(this.#names)}`, help);
  }

  /** Values of all inputs, from a list or a record. */
  values(option: string, values: InputValues): Float64Array {
    if (isList(values)) {
      if (values.length !== this.count) failInput(`${option} has ${values.length} values, expected ${this.count}`);
      return Float64Array.from(values, (x, i) => this.#finite(option, i, x));
    }
    if (!isPlainObject(values)) {
      return failInput(`${option} must be a list or an object of numbers, got ${describeValue(values)}`);
    }
    const all = new Float64Array(this.count);
    const seen = new Set<number>();
    for (const [name, x] of Object.entries(values)) {
      const input = this.indexOf(option, name);
      seen.add(input);
      all[input] = this.#finite(option, input, x);
    }
    for (let input = 0; input < this.count; input++) {
      if (!seen.has(input)) failInput(`${option}: ${this.show(input)} is missing`);
    }
    return all;
  }

  #finite(option: string, input: number, x: unknown): number {
    if (typeof x === "number" && Number.isFinite(x)) return x;
    return failInput(`${option}: ${this.show(input)} must be a finite number, got ${describeValue(x)}`);
  }
}

/** How many inputs there are: by the shape, the names or the start. */
function countOf(options: OptimizeInputsOptions, inputShape: Shape | undefined, start: unknown): number {
  if (inputShape !== undefined) return sizeOf(inputShape);
  if (Array.isArray(options.names)) return options.names.length;
  const first: unknown = Array.isArray(start) && !(typeof start[0] === "number") ? start[0] : start;
  if (isList(first)) return first.length;
  if (isPlainObject(first)) {
    return failInput("a start by name needs the names of all inputs in order", "pass names: [...], in order");
  }
  return failInput(`start must be a list or an object of numbers, or a list of such, got ${describeValue(first)}`);
}

/** Whether each input may be turned, and the values that fixed ones are set to. */
function resolveKnobs(inputs: Inputs, { knobs, fixed }: OptimizeInputsOptions) {
  const setTo = new Map<number, number>();
  const isKnob = new Array<boolean>(inputs.count).fill(knobs === undefined);
  if (knobs !== undefined) {
    if (!Array.isArray(knobs)) failInput(`knobs must be a list of inputs, got ${describeValue(knobs)}`);
    for (const name of knobs) isKnob[inputs.indexOf("knobs", name)] = true;
  }
  const hold = (name: InputName): number => {
    const input = inputs.indexOf("fixed", name);
    if (knobs !== undefined && isKnob[input]) failInput(`${inputs.show(input)} is a knob and fixed at once`);
    isKnob[input] = false;
    return input;
  };
  if (Array.isArray(fixed)) for (const name of fixed as readonly InputName[]) hold(name);
  else if (isPlainObject(fixed)) {
    for (const [name, value] of Object.entries(fixed)) {
      const input = hold(name);
      if (typeof value === "number" && Number.isFinite(value)) setTo.set(input, value);
      else failInput(`fixed: ${inputs.show(input)} must be a finite number, got ${describeValue(value)}`);
    }
  } else if (fixed !== undefined) failInput(`fixed must be a list or an object, got ${describeValue(fixed)}`);
  if (!isKnob.includes(true)) failInput("there is no knob to turn: all inputs are fixed");
  return { isKnob, setTo };
}

function resolveBounds(inputs: Inputs, bounds: OptimizeInputsOptions["bounds"]) {
  const low = new Float64Array(inputs.count).fill(Number.NEGATIVE_INFINITY);
  const high = new Float64Array(inputs.count).fill(Number.POSITIVE_INFINITY);
  const set = (input: number, pair: unknown, shown: string): void => {
    const [from, to]: readonly unknown[] = Array.isArray(pair) && pair.length === 2 ? pair : [];
    if (typeof from !== "number" || typeof to !== "number" || Number.isNaN(from) || Number.isNaN(to)) {
      failInput(`bounds of ${shown} must be two numbers, the least and the greatest value, got ${describeValue(pair)}`);
    } else if (from > to) failInput(`bounds of ${shown} are empty: nothing lies between ${from} and ${to}`);
    else if (from === to) {
      failInput(`bounds of ${shown} leave one value, ${from}`, "put it among the fixed inputs instead");
    } else [low[input], high[input]] = [from, to];
  };
  if (Array.isArray(bounds)) for (let input = 0; input < inputs.count; input++) set(input, bounds, "all inputs");
  else if (isPlainObject(bounds)) {
    for (const [name, pair] of Object.entries(bounds)) {
      const input = inputs.indexOf("bounds", name);
      set(input, pair as InputBounds, inputs.show(input));
    }
  } else if (bounds !== undefined)
    failInput(`bounds must be a pair or an object of pairs, got ${describeValue(bounds)}`);
  return { low, high };
}

/** What else is known about the model and the data. */
interface Known {
  readonly inputShape?: Shape | undefined;
  /** Standard deviations of the inputs that the model learnt from, if it standardizes them. */
  readonly deviations?: readonly number[] | undefined;
  readonly support?: DataSupport | undefined;
}

/**
 * Checks what was passed to `optimizeInputs` and fills in what follows from it.
 *
 * @throws UsageError naming the option and the input, what was got and what was expected.
 */
export function resolveSearch(
  start: InputValues | readonly InputValues[],
  options: OptimizeInputsOptions,
  { inputShape: saved, deviations, support }: Known,
): InputSearch {
  const shape = options.inputShape ?? saved;
  const count = countOf(options, shape, start);
  if (count < 1) failInput("there are no inputs");
  const inputShape = shape ?? [count];
  const inputs = new Inputs(count, options.names);
  if (support !== undefined && support.ranges.length !== count) {
    failInput(`the data have ${support.ranges.length} inputs, expected ${count} as in ${formatShape(inputShape)}`);
  }
  const { isKnob, setTo } = resolveKnobs(inputs, options);
  const { low, high } = resolveBounds(inputs, options.bounds);
  const isMany = Array.isArray(start) && start.length > 0 && typeof start[0] !== "number";
  const given = (isMany ? start : [start]) as readonly InputValues[];
  const starts = given.map((values, k) => {
    const point = inputs.values(given.length === 1 ? "start" : `start ${k}`, values);
    for (const [input, value] of setTo) point[input] = value;
    for (const [input, x] of point.entries()) {
      if (!isKnob[input] || (x >= low[input]! && x <= high[input]!)) continue;
      const range = `[${low[input]}, ${high[input]}]`;
      failInput(`the start lies outside of its bounds: ${inputs.show(input)} is ${x}, its bounds are ${range}`);
    }
    return point;
  });
  starts.push(...randomStarts(inputs, starts[0]!, options, { isKnob, low, high }));
  const scales = Float64Array.from(isKnob, (_, i) => {
    if (options.learningRate !== undefined) return 1;
    const range = high[i]! - low[i]!;
    if (isKnob[i] && Number.isFinite(range)) return range;
    const deviation = deviations?.length === 1 ? deviations[0] : (deviations?.[i] ?? support?.deviations[i]);
    return deviation !== undefined && deviation > 0 ? deviation : Math.max(1, ...starts.map((x) => Math.abs(x[i]!)));
  });
  return { goal: goalOf(options), starts, low, high, isKnob, scales, inputShape, nameOf: inputs.nameOf };
}

/** Further starts: the knobs anywhere within their bounds, the other inputs as in the first start. */
function randomStarts(
  inputs: Inputs,
  first: Float64Array,
  options: OptimizeInputsOptions,
  { isKnob, low, high }: Pick<InputSearch, "isKnob" | "low" | "high">,
): Float64Array[] {
  const { restarts = inputOptions.restarts.default, seed = inputOptions.seed.default } = options;
  if (restarts === 0) return [];
  const open = isKnob.findIndex((isOne, i) => isOne && !Number.isFinite(high[i]! - low[i]!));
  if (open >= 0) failInput(`restarts need two bounds for every knob: ${inputs.show(open)} has not`);
  const rng = Rng.seeded(seed).fold(where);
  return Array.from({ length: restarts }, () =>
    first.map((x, i) => (isKnob[i] ? low[i]! + (high[i]! - low[i]!) * rng.next() : x)),
  );
}
