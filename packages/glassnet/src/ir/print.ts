import type { TypedArray } from "../core/dtype.ts";
import { formatType } from "../core/shape.ts";
import { type Graph, topologicalOrder, type Value } from "./graph.ts";
import type { PrimName } from "./prim.ts";

const MAX_CONSTANT_ELEMENTS = 4;

/** An attribute the way listings show it: `axes=[1]`, `dtype=f32`. */
function formatAttr(value: unknown): string {
  if (ArrayBuffer.isView(value)) {
    const data = value as TypedArray;
    const shown = Array.from(data.subarray(0, MAX_CONSTANT_ELEMENTS), (x) => String(x));
    return data.length > MAX_CONSTANT_ELEMENTS ? `[${shown.join(", ")}, …]` : `[${shown.join(", ")}]`;
  }
  if (Array.isArray(value)) return `[${value.map(formatAttr).join(", ")}]`;
  return String(value);
}

/** Attributes that the type on the left of the listing already shows. */
const REDUNDANT: { readonly [P in PrimName]?: readonly string[] } = {
  input: ["dtype", "shape"],
  constant: ["dtype", "shape"],
  iota: ["dtype", "shape"],
  cast: ["dtype"],
  reshape: ["shape"],
  broadcast: ["shape"],
  randomBits: ["shape"],
  dynamicSlice: ["sizes"],
};

/** Attributes as ` {axes=[1], keepDims=true}`, or nothing. */
export function formatAttrs(prim: PrimName, attrs: object): string {
  const hidden = REDUNDANT[prim] ?? [];
  const shown = Object.entries(attrs).filter(([name]) => !hidden.includes(name));
  return shown.length === 0 ? "" : ` {${shown.map(([name, value]) => `${name}=${formatAttr(value)}`).join(", ")}}`;
}

/**
 * A readable listing, one value a line in the order of computation.
 *
 * @example
 * // %0: f32[2, 3] = input {name=x}
 * // %1: f32[2] = sum %0 {axes=[1], keepDims=false}
 * // return %1
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>();
  const lines: string[] = [];
  for (const value of topologicalOrder<Value>([...graph.inputs, ...graph.outputs])) {
    const name = `%${names.size}`;
    names.set(value, name);
    const operands = value.inputs.map((x) => ` ${names.get(x)}`).join("");
    const scope = value.scope === "" ? "" : `  # ${value.scope}`;
    lines.push(
      `${name}: ${formatType(value)} = ${value.prim}${operands}${formatAttrs(value.prim, value.attrs)}${scope}`,
    );
  }
  lines.push(`return ${graph.outputs.map((value) => names.get(value)).join(", ")}`);
  return lines.join("\n");
}
