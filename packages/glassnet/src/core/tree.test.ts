import { expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { describeValue, isPlainObject, joinPath, mapTree } from "./tree.ts";

class Leaf {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}
const isLeaf = (x: unknown): x is Leaf => x instanceof Leaf;
const [a, b, c] = ["a", "b", "c"].map((name) => new Leaf(name));

test("leaves are replaced in order, structure and key order stay", () => {
  const seen: string[] = [];
  const tree = { z: a, list: [b, { deep: [c] }], nothing: [], empty: {} };
  const mapped = mapTree("test", tree, isLeaf, (leaf, path) => {
    seen.push(path);
    return leaf.name.toUpperCase();
  });
  expect(JSON.stringify(mapped)).toBe('{"z":"A","list":["B",{"deep":["C"]}],"nothing":[],"empty":{}}');
  expect(seen).toEqual(["z", "list.0", "list.1.deep.0"]);
  expect(mapTree("test", a, isLeaf, (leaf, path) => [leaf.name, path])).toEqual(["a", ""]);
});

test("a key of any name is a key like any other", () => {
  const tree = JSON.parse('{"__proto__": [], "constructor": []}') as unknown;
  expect(Object.keys(mapTree("test", tree, isLeaf, (leaf) => leaf) as object)).toEqual(["__proto__", "constructor"]);
});

test("what is no leaf, array or plain object is named with its path", async () => {
  const bad: unknown[] = [1, "text", null, undefined, new Map(), { x: [a, 2] }, { x: { y: new Date(0) } }, () => a];
  const messages = await Promise.all(
    bad.map((tree) => failureOf(() => mapTree("compile", tree, isLeaf, (leaf) => leaf))),
  );
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: compile: expected tensors in arrays and plain objects, got number
      help: a number is made a tensor by scalar(x)",
      "UsageError: compile: expected tensors in arrays and plain objects, got string",
      "UsageError: compile: expected tensors in arrays and plain objects, got null",
      "UsageError: compile: expected tensors in arrays and plain objects, got undefined",
      "UsageError: compile: expected tensors in arrays and plain objects, got Map",
      "UsageError: compile: expected tensors in arrays and plain objects, got number at x.1
      help: a number is made a tensor by scalar(x)",
      "UsageError: compile: expected tensors in arrays and plain objects, got Date at x.y",
      "UsageError: compile: expected tensors in arrays and plain objects, got function",
    ]
  `);
});

test("plain objects are those of literals, of JSON, and without a prototype", () => {
  expect([{}, Object.create(null), JSON.parse("{}")].map(isPlainObject)).toEqual([true, true, true]);
  expect([[], null, new Leaf(""), new Map(), () => 1, "x"].map(isPlainObject)).toEqual(new Array(6).fill(false));
});

test("paths join with dots", () => {
  expect([joinPath("", "a"), joinPath("a", 0), joinPath("a.0", "b")]).toEqual(["a", "a.0", "a.0.b"]);
});

test("any value can be described, however it is nested or named", () => {
  const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as unknown;
  const values = [1, "1", "é".repeat(100), true, null, undefined, deep, { toString: 1 }, { length: 2 }, Symbol("s")];
  expect(values.map(describeValue)).toMatchInlineSnapshot(`
    [
      "1",
      ""1"",
      ""éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé…"",
      "true",
      "null",
      "undefined",
      "a list",
      "an object",
      "an object",
      "Symbol(s)",
    ]
  `);
});
