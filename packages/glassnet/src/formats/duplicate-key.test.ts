import fc from "fast-check";
import { expect, test } from "vitest";
import { duplicateKey } from "./duplicate-key.ts";

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a":{"b":[{"c":1,"c":2}]}}', "c"],
  ['{"a":1, "\\u0061" : 2}', "a"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"":1,"":2}', ""],
  ['{"\\\\":1,"\\\\":2}', "\\"],
])("finds the key that is there twice in %s", (json, key) => {
  JSON.parse(json);
  expect(duplicateKey(json)).toBe(key);
});

test.each([
  '{"a":{"a":1},"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"a\\":","b":"{\\"a\\":1,\\"a\\":2}","c":["a","a"]}',
  '"a"',
  "{}",
])("accepts %s", (json) => {
  JSON.parse(json);
  expect(duplicateKey(json)).toBeUndefined();
});

test("what JSON.stringify wrote has no key twice", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => duplicateKey(JSON.stringify(value)) === undefined));
});

test("strings of tens of megabytes and deep nesting do not overflow the stack", () => {
  expect(duplicateKey(`{"a":"${"x\\n".repeat(10_000_000)}"}`)).toBeUndefined();
  expect(duplicateKey(`{"a":"${"x".repeat(30_000_000)}","b":1,"b":2}`)).toBe("b");
  const long = `"${'\\"'.repeat(10_000_000)}":1`;
  expect(duplicateKey(`{${long},${long}}`)?.length).toBe(10_000_000);
  const depth = 1_000_000;
  expect(duplicateKey(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`)).toBeUndefined();
  expect(duplicateKey(`${'{"a":['.repeat(depth)}{"b":1,"b":2}${"]}".repeat(depth)}`)).toBe("b");
});
