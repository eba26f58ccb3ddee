import { UsageError } from "./errors.ts";

/** @file Nested values: arrays and plain objects whose leaves are what somebody is after. Paths read `layers.0.weight`. */

/** A value with leaves of type `L` in arrays and plain objects of any depth. */
export type Tree<L> = L | readonly Tree<L>[] | { readonly [key: string]: Tree<L> };

export function joinPath(path: string, key: string | number): string {
  return path === "" ? String(key) : `${path}.${key}`;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Replaces every leaf. Structure is kept, object keys in their own order.
 *
 * @throws UsageError naming the path of something that is neither leaf, array nor plain object.
 */
export function mapTree<L, R>(
  where: string,
  tree: unknown,
  isLeaf: (value: unknown) => value is L,
  replace: (leaf: L, path: string) => R,
  path = "",
): unknown {
  if (isLeaf(tree)) return replace(tree, path);
  if (Array.isArray(tree)) return tree.map((part, i) => mapTree(where, part, isLeaf, replace, joinPath(path, i)));
  if (isPlainObject(tree)) {
    return Object.fromEntries(
      Object.entries(tree).map(([key, part]) => [key, mapTree(where, part, isLeaf, replace, joinPath(path, key))]),
    );
  }
  const at = path === "" ? "" : ` at ${path}`;
  const got = tree === null ? "null" : typeof tree === "object" ? tree.constructor.name : typeof tree;
  throw new UsageError("invalid-option", where, `expected tensors in arrays and plain objects, got ${got}${at}`, {
    ...(typeof tree === "number" ? { help: "a number is made a tensor by scalar(x)" } : {}),
    details: { path, got },
  });
}

/** What a value read from a file is, for an error: short, and safe for any value, however it is nested. */
export function describeValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  return String(value);
}
