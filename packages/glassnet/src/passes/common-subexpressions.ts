import type { TypedArray } from "../core/dtype.ts";
import type { Value } from "../ir/graph.ts";
import type { PrimName } from "../ir/prim.ts";

/** Longer constants are equal only if they share their array: to compare contents costs more than it finds. */
const MAX_COMPARED_ELEMENTS = 64;

/** a ∘ b has the bits of b ∘ a: IEEE 754 rounds both alike, and 0 and −0 are ordered for maximum and minimum. */
const commutative: ReadonlySet<PrimName> = new Set(["add", "mul", "maximum", "minimum", "eq", "and", "or"]);

/**
 * Makes a rewrite that puts the first of equal values in the place of all: those with the same primitive, attributes
 * and operands, and so the same type. On whose behalf they were made does not matter; the first keeps its scope. Random
 * bits are a function of key, stream and position, so they merge too. Inputs are never merged.
 */
export function mergeEqualValues(): (value: Value) => Value {
  const firsts = new Map<string, Value>();
  const numbers = new Map<Value | TypedArray, number>();
  const numberOf = (x: Value | TypedArray): number => {
    const known = numbers.get(x);
    if (known !== undefined) return known;
    numbers.set(x, numbers.size);
    return numbers.size - 1;
  };
  return (value) => {
    if (value.prim === "input") return value;
    const operands = value.inputs.map(numberOf);
    if (commutative.has(value.prim)) operands.sort((a, b) => a - b);
    let key = `${value.prim} ${operands.join()}`;
    for (const [name, attr] of Object.entries(value.attrs)) key += ` ${name}=${keyOf(attr, numberOf)}`;
    const first = firsts.get(key);
    if (first !== undefined) return first;
    firsts.set(key, value);
    return value;
  };
}

/** Equal for equal attributes. NaN is equal to itself, 0 and −0 are two numbers. */
function keyOf(attr: unknown, numberOf: (data: TypedArray) => number): string {
  if (typeof attr === "number") return Object.is(attr, -0) ? "-0" : String(attr);
  if (Array.isArray(attr)) return `[${attr.map((x) => keyOf(x, numberOf)).join()}]`;
  if (ArrayBuffer.isView(attr)) {
    const data = attr as TypedArray;
    if (data.length > MAX_COMPARED_ELEMENTS) return `array ${numberOf(data)}`;
    return `[${Array.from(data, (x) => keyOf(x, numberOf)).join()}]`;
  }
  return String(attr);
}
