import type { Value } from "../ir/graph.ts";

/** A constant of more elements is not looked through. */
const MAX_EXAMINED_ELEMENTS = 1024;

/** The number that every element of a value is, if it is a constant, or the broadcast of one, and there is such a number. */
export function fillOf(value: Value): number | undefined {
  let source = value;
  while (source.prim === "broadcast" || source.prim === "reshape") source = source.inputs[0];
  if (source.prim !== "constant") return undefined;
  const { data } = source.attrs;
  const first = data[0];
  if (data.length > MAX_EXAMINED_ELEMENTS) return undefined;
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return undefined;
  return first;
}
