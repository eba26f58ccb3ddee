import { closest } from "glassnet";
import { expect, test } from "vitest";
import { parseArguments } from "./arguments.ts";
import type { FlagTable } from "./flag.ts";
import { messagesOf } from "./messages/index.ts";

const m = messagesOf("en");
const table = {
  batchSize: { kind: "integer", min: 1, default: 32, help: "", zh: "" },
  rate: { kind: "number", min: -10, default: 0, isOptional: true, help: "", zh: "" },
  mode: { kind: "choice", of: ["fast", "slow"], default: "fast", help: "", zh: "" },
  name: { kind: "text", isOptional: true, help: "", zh: "" },
  json: { kind: "flag", default: false, help: "", zh: "" },
  color: { kind: "flag", default: true, help: "", zh: "" },
} as const satisfies FlagTable;

const parse = (...argv: string[]) => parseArguments("verb", argv, table, m);

test("without arguments there are the defaults, and nothing where a flag is optional", () => {
  const { values, positionals, given } = parse();
  expect(values).toEqual({ batchSize: 32, rate: undefined, mode: "fast", name: undefined, json: false, color: true });
  expect([positionals, [...given]]).toEqual([[], []]);
});

test("values follow with a space or an equals sign; the last one counts", () => {
  const { values, positionals, given } = parse(
    "a",
    "--batch-size",
    "8",
    "--rate=-1e-3",
    "--json",
    "b",
    "--batch-size=16",
  );
  expect(values).toMatchObject({ batchSize: 16, rate: -0.001, json: true });
  expect(positionals).toEqual(["a", "b"]);
  expect([...given]).toEqual(["batchSize", "rate", "json"]);
});

test("a negative number is a value, and -- ends the flags", () => {
  expect(parse("--rate", "-5").values.rate).toBe(-5);
  expect(parse("--name", "-x").values.name).toBe("-x");
  expect(parse("--no-color", "--", "--json").positionals).toEqual(["--json"]);
  expect(parse("--no-color").values.color).toBe(false);
});

test.each([
  [["--batchsize", "3"], "verb: unknown option --batchsize"],
  [["--batch-size"], "verb: --batch-size needs a value"],
  [["--batch-size", "--json"], "verb: --batch-size needs a value"],
  [["--no-json"], "verb: unknown option --no-json"],
  [["--mode", "Fast"], 'verb: unknown --mode "Fast": expected "fast" or "slow"'],
  [["--batch-size", "0x10"], 'verb: --batch-size must be a whole number of at least 1, got "0x10"'],
  [["--batch-size", ""], "verb: --batch-size must be a whole number of at least 1, got "],
  [["--rate", "Infinity"], 'verb: --rate must be a finite number of at least -10, got "Infinity"'],
])("%j is refused", (argv, message) => {
  expect(() => parse(...argv)).toThrow(message);
});

test("near names are found, far ones are not", () => {
  const names = ["train", "eval", "predict", "explain", "inspect"];
  expect(["trian", "predikt", "insp", "explane", "dance", "x"].map((word) => closest(word, names))).toEqual([
    "train",
    "predict",
    "inspect",
    "explain",
    undefined,
    undefined,
  ]);
});
