import { describe, expect, test } from "vitest";
import { confusionTable } from "./confusion.ts";

test("counts predictions by true class", () => {
  expect(confusionTable([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0], 3)).toEqual({
    counts: [
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 2],
    ],
    accuracy: 4 / 6,
  });
});

test("takes typed arrays, and classes that nobody has", () => {
  const { counts, accuracy } = confusionTable(Uint8Array.of(9), Int32Array.of(9), 10);
  expect(counts[9]![9]).toBe(1);
  expect(counts.flat().reduce((a, b) => a + b)).toBe(1);
  expect(accuracy).toBe(1);
});

describe("errors", () => {
  test("lists of different lengths", () => {
    expect(() => confusionTable([0, 1], [0], 2)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: confusionTable: 2 true classes for 1 predictions]",
    );
  });

  test("a class that does not exist, on either side", () => {
    expect(() => confusionTable([0, 3], [0, 1], 3)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: confusionTable: example 1 has classes 3 and 1: expected 0 to 2]",
    );
    expect(() => confusionTable([0, 1], [0, -1], 3)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: confusionTable: example 1 has classes 1 and -1: expected 0 to 2]",
    );
    expect(() => confusionTable([0.5], [0], 3)).toThrow("expected 0 to 2");
  });
});
