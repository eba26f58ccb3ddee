import { expect, test } from "vitest";
import { failureOf } from "../../test/training.ts";
import { checkOption, type Option, rangeOf } from "./option.ts";

const help = "for the test";
const options = {
  epochs: { kind: "integer", min: 1, default: 10, help },
  digit: { kind: "integer", min: 0, max: 9, default: 0, help },
  learningRate: { kind: "number", min: 0, above: true, default: 0.1, help },
  share: { kind: "number", min: 0, max: 1, default: 0.5, help },
  rate: { kind: "number", min: 0, below: 1, default: 0, help },
  optimizer: { kind: "choice", of: ["sgd", "adam", "adamW"], default: "sgd", help },
  verbose: { kind: "flag", default: false, help },
} as const satisfies Record<string, Option>;

test("values in range pass, their bounds where they belong to it", () => {
  const good: readonly [keyof typeof options, readonly unknown[]][] = [
    ["epochs", [1, 10, 1e9]],
    ["digit", [0, 9]],
    ["learningRate", [Number.MIN_VALUE, 1, 1e300]],
    ["share", [0, 0.5, 1]],
    ["rate", [0, 0.999]],
    ["optimizer", ["sgd", "adamW"]],
    ["verbose", [true, false]],
  ];
  for (const [name, values] of good) for (const value of values) checkOption("test", name, options[name], value);
});

test("others are refused, with what was got and what was expected", async () => {
  const bad: readonly [keyof typeof options, readonly unknown[]][] = [
    ["epochs", [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10", null, undefined, [], 1n]],
    ["digit", [-1, 10]],
    ["learningRate", [0, -1, Number.NaN, Number.POSITIVE_INFINITY]],
    ["share", [-0.1, 1.1]],
    ["rate", [1, 2]],
    ["optimizer", ["adm", "SGD", 1, "toString"]],
    ["verbose", [0, "true"]],
  ];
  const messages: string[] = [];
  for (const [name, values] of bad) {
    for (const value of values) messages.push(await failureOf(() => checkOption("test", name, options[name], value)));
  }
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: test: epochs must be a whole number of at least 1, got 0",
      "UsageError: test: epochs must be a whole number of at least 1, got -1",
      "UsageError: test: epochs must be a whole number of at least 1, got 1.5",
      "UsageError: test: epochs must be a whole number of at least 1, got NaN",
      "UsageError: test: epochs must be a whole number of at least 1, got Infinity",
      "UsageError: test: epochs must be a whole number of at least 1, got "10"",
      "UsageError: test: epochs must be a whole number of at least 1, got null",
      "UsageError: test: epochs must be a whole number of at least 1, got undefined",
      "UsageError: test: epochs must be a whole number of at least 1, got a list",
      "UsageError: test: epochs must be a whole number of at least 1, got 1",
      "UsageError: test: digit must be a whole number from 0 to 9, got -1",
      "UsageError: test: digit must be a whole number from 0 to 9, got 10",
      "UsageError: test: learningRate must be a finite number above 0, got 0",
      "UsageError: test: learningRate must be a finite number above 0, got -1",
      "UsageError: test: learningRate must be a finite number above 0, got NaN",
      "UsageError: test: learningRate must be a finite number above 0, got Infinity",
      "UsageError: test: share must be a finite number from 0 to 1, got -0.1",
      "UsageError: test: share must be a finite number from 0 to 1, got 1.1",
      "UsageError: test: rate must be a finite number of at least 0 and below 1, got 1",
      "UsageError: test: rate must be a finite number of at least 0 and below 1, got 2",
      "UsageError: test: unknown optimizer "adm": expected "sgd", "adam" or "adamW"",
      "UsageError: test: unknown optimizer "SGD": expected "sgd", "adam" or "adamW"",
      "UsageError: test: unknown optimizer "1": expected "sgd", "adam" or "adamW"",
      "UsageError: test: unknown optimizer "toString": expected "sgd", "adam" or "adamW"",
      "UsageError: test: verbose must be true or false, got 0",
      "UsageError: test: verbose must be true or false, got "true"",
    ]
  `);
});

test("ranges read as sentences", () => {
  expect([options.epochs, options.digit, options.learningRate, options.share, options.rate].map(rangeOf)).toEqual([
    "a whole number of at least 1",
    "a whole number from 0 to 9",
    "a finite number above 0",
    "a finite number from 0 to 1",
    "a finite number of at least 0 and below 1",
  ]);
});
