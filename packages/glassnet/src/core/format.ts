import type { ArrayData } from "./array.ts";
import { type DType, isFloat } from "./dtype.ts";
import { sizeOf } from "./shape.ts";

export interface FormatOptions {
  /** Most digits after the point. A number that needs fewer is printed with fewer, so `0.5` is exact and `0.5000` is not. */
  readonly precision?: number;
  /** Arrays of more elements print only the ends of each axis. */
  readonly threshold?: number;
  /** How many elements an elided axis shows at each end. */
  readonly edge?: number;
  /** Columns before a row wraps. */
  readonly width?: number;
}

/**
 * An array as NumPy prints it: aligned columns, `...` for what is left out.
 *
 * @example formatTensor({ dtype: "f32", shape: [2, 2], data: Float32Array.of(1, 0.25, -3, 4) });
 * // [[ 1.  ,  0.25],
 * //  [-3.  ,  4.  ]]
 */
export function formatTensor({ dtype, shape, data }: ArrayData, options: FormatOptions = {}): string {
  const { precision = 4, threshold = 1000, edge = 3, width = 120 } = options;
  const size = sizeOf(shape);
  if (size === 0) return "[]";
  const shown = shape.map((n) => shownIndices(n, size > threshold ? edge : n));

  const offsets: number[] = []; // of the shown elements, row-major
  const collect = (axis: number, offset: number) => {
    if (axis === shape.length) offsets.push(offset);
    else for (const i of shown[axis]!) if (i >= 0) collect(axis + 1, offset * shape[axis]! + i);
  };
  collect(0, 0);
  const texts = formatColumn(
    dtype,
    offsets.map((offset) => data[offset]!),
    precision,
  );
  if (shape.length === 0) return texts[0]!;

  let next = 0;
  const print = (axis: number): string => {
    const indent = " ".repeat(axis + 1);
    if (axis === shape.length - 1) {
      return `[${wrap(
        shown[axis]!.map((i) => (i < 0 ? "..." : texts[next++]!)),
        indent,
        width,
      )}]`;
    }
    const parts = shown[axis]!.map((i) => (i < 0 ? "..." : print(axis + 1)));
    return `[${parts.join(`,${"\n".repeat(shape.length - 1 - axis)}${indent}`)}]`;
  };
  return print(0);
}

/** Indices to print along an axis; -1 stands for the dots. */
function shownIndices(n: number, edge: number): number[] {
  const all = Array.from({ length: Math.min(n, 2 * edge) }, (_, i) => i);
  if (n <= 2 * edge) return all;
  return [...all.slice(0, edge), -1, ...all.slice(0, edge).map((i) => n - edge + i)];
}

function wrap(parts: readonly string[], indent: string, width: number): string {
  let text = "";
  let column = indent.length;
  for (const [i, part] of parts.entries()) {
    const length = part.length + 1; // with its comma or bracket
    if (i > 0 && column + length + 1 > width) {
      text += `,\n${indent}`;
      column = indent.length;
    } else if (i > 0) {
      text += ", ";
      column++;
    }
    text += part;
    column += length;
  }
  return text;
}

/** Numbers as texts of one width, with the points below each other. */
function formatColumn(dtype: DType, values: readonly number[], precision: number): string[] {
  if (!isFloat(dtype)) return alignRight(values.map((x) => (dtype === "bool" ? String(x !== 0) : String(x))));
  const largest = values.reduce((max, x) => (Number.isFinite(x) ? Math.max(max, Math.abs(x)) : max), 0);
  const scientific = largest !== 0 && (largest >= 1e8 || largest < 1e-3);
  const texts = values.map((x) => {
    if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "inf" : "-inf";
    return scientific ? scientificText(dtype, x, precision) : fixedText(dtype, x, precision);
  });
  if (scientific) return alignRight(texts);
  const fraction = (text: string) => (text.includes(".") ? text.length - text.indexOf(".") : 0); // with the point
  const longest = texts.reduce(
    (max, text, i) => (Number.isFinite(values[i]!) ? Math.max(max, fraction(text)) : max),
    0,
  );
  return alignRight(
    texts.map((text, i) => (Number.isFinite(values[i]!) ? text + " ".repeat(longest - fraction(text)) : text)),
  );
}

function alignRight(texts: readonly string[]): string[] {
  const width = texts.reduce((max, text) => Math.max(max, text.length), 0);
  return texts.map((text) => text.padStart(width));
}

function fixedText(dtype: "f32" | "f64", x: number, precision: number): string {
  const exact = decimals(shortest(dtype, x)) <= precision;
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const text = Math.abs(x).toFixed(exact ? decimals(shortest(dtype, x)) : precision);
  return sign + (text.includes(".") ? text : `${text}.`);
}

function scientificText(dtype: "f32" | "f64", x: number, precision: number): string {
  const digits = shortest(dtype, x).split("e")[0]!.replace(/[-.]/g, "").length - 1;
  const [mantissa, exponent] = x.toExponential(Math.min(digits, precision)).split("e") as [string, string];
  return `${mantissa}${mantissa.includes(".") ? "" : "."}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** The fewest digits that read back as the same number of this type, as `d.dde±n`. */
function shortest(dtype: "f32" | "f64", x: number): string {
  if (dtype === "f64") return x.toExponential();
  for (let digits = 0; digits < 8; digits++) {
    const text = x.toExponential(digits);
    if (Math.fround(Number(text)) === x) return text;
  }
  return x.toExponential(8);
}

/** Digits after the point once `d.dde±n` is written out. */
function decimals(scientific: string): number {
  const [mantissa, exponent] = scientific.split("e") as [string, string];
  const digits = mantissa.includes(".") ? mantissa.length - mantissa.indexOf(".") - 1 : 0;
  return Math.max(0, digits - Number(exponent));
}

/** @example formatCount(1234567); // "1,234,567" */
export function formatCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @example formatBytes(1536); // "1.5 KiB" */
export function formatBytes(bytes: number): string {
  const units = ["KiB", "MiB", "GiB", "TiB"] as const;
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]!}`;
}

/** @example formatDuration(125_000); // "2 min 05 s" */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
}

function twoDigits(n: number): string {
  return String(n).padStart(2, "0");
}
