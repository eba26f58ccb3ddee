import {
  companyBounds,
  companyData,
  companyInputs,
  type Dataset,
  dataset,
  holdOut,
  type Preprocessing,
  seasons,
} from "glassnet";
import type { CompanySource, Table } from "./table.ts";

/** An input that is a number: where it stands among the inputs, and what the rows have of it. */
export interface NumberInput {
  readonly name: string;
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** Where a search may go at first: what was tried so far. */
  readonly bounds: readonly [low: number, high: number];
  /** Where a search begins at first. */
  readonly start: number;
}

/** A column of words, unfolded: one input for each of its levels, of which one is 1 and the others are 0. */
export interface LevelInput {
  readonly name: string;
  readonly levels: readonly string[];
  /** Where the input of the first level stands; the others follow. */
  readonly at: number;
}

/** The rows as the models see them. */
export interface Books {
  readonly name: string;
  readonly isCompany: boolean;
  readonly target: string;
  readonly inputNames: readonly string[];
  readonly numbers: readonly NumberInput[];
  readonly levels: readonly LevelInput[];
  readonly training: Dataset;
  /** Rows that no model learns from. */
  readonly validation: Dataset;
}

/** A fifth of the rows is kept apart. */
const HELD_OUT = 0.2;

/** What the company begins its search with: a careless price. */
const companyStart: Readonly<Record<string, number>> = { price: 18, marketing: 10, competitor: 25 };

/** Makes the books of the company. */
export function companyBooks({ rows, noise, seed }: CompanySource): Books {
  const all = companyData({ rows, noise, seed });
  const numbers = numbersOf(all, ["price", "marketing", "competitor"]).map((input) => ({
    ...input,
    bounds: input.name === "competitor" ? input.bounds : companyBounds[input.name as "price" | "marketing"],
    start: companyStart[input.name]!,
  }));
  return {
    name: "company",
    isCompany: true,
    target: "profit",
    inputNames: companyInputs,
    numbers,
    levels: [{ name: "season", levels: seasons, at: numbers.length }],
    ...partsOf(all, numbers.length, seed),
  };
}

/** Unfolds a table. */
export function tableBooks(table: Table, seed: number): Books {
  const { numbers: columns, levels: words, target } = table;
  const rows = target.values.length;
  const levels: LevelInput[] = [];
  const inputNames = columns.map(({ name }) => name);
  for (const { name, levels: all } of words) {
    levels.push({ name, levels: all, at: inputNames.length });
    inputNames.push(...all.map((level) => `${name}: ${level}`));
  }
  const width = inputNames.length;
  const data = new Float32Array(rows * width);
  for (const [j, { values }] of columns.entries()) {
    for (let row = 0; row < rows; row++) data[row * width + j] = values[row]!;
  }
  for (const [k, { values }] of words.entries()) {
    for (let row = 0; row < rows; row++) data[row * width + levels[k]!.at + values[row]!] = 1;
  }
  const all = dataset({
    name: table.name,
    inputs: { dtype: "f32", shape: [rows, width], data },
    targets: { dtype: "f32", shape: [rows, 1], data: Float32Array.from(target.values) },
  });
  return {
    name: table.name,
    isCompany: false,
    target: target.name,
    inputNames,
    numbers: numbersOf(all, inputNames.slice(0, columns.length)),
    levels,
    ...partsOf(all, columns.length, seed),
  };
}

/** Range, mean and first choices of the leading columns. */
function numbersOf({ inputs: { data }, size }: Dataset, names: readonly string[]): NumberInput[] {
  const width = data.length / size;
  return names.map((name, at) => {
    let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let i = at; i < data.length; i += width) {
      const x = data[i]!;
      if (x < low) low = x;
      if (x > high) high = x;
      sum += x;
    }
    const mean = sum / size;
    const start = Math.min(high, Math.max(low, Number(mean.toPrecision(4))));
    return { name, at, low, high, mean, bounds: [low, high], start };
  });
}

/** Training and validation rows, with numbers put around 0. Columns of 0 and 1 stay: so their weight is a bias. */
function partsOf(all: Dataset, numbers: number, seed: number): Pick<Books, "training" | "validation"> {
  const { rest, held } = holdOut(all, Math.max(1, Math.round(HELD_OUT * all.size)), { seed });
  const preprocessing = aroundZero(rest, numbers);
  return { training: { ...rest, preprocessing }, validation: { ...held, preprocessing } };
}

function aroundZero({ inputs: { data }, size }: Dataset, numbers: number): Preprocessing {
  const width = data.length / size;
  const mean = new Array<number>(width).fill(0);
  const std = new Array<number>(width).fill(1);
  for (let j = 0; j < numbers; j++) {
    let [sum, squares] = [0, 0];
    for (let i = j; i < data.length; i += width) sum += data[i]!;
    for (let i = j; i < data.length; i += width) squares += (data[i]! - sum / size) ** 2;
    mean[j] = sum / size;
    std[j] = Math.sqrt(squares / size) || 1;
  }
  return { kind: "standardize", mean, std };
}
