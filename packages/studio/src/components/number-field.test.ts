import { expect, test } from "vitest";
import { nearestAllowed, parseNumber } from "./number-field.tsx";

test("a number is read with any minus, in groups, in full-width digits, and as a power of ten", () => {
  expect(["42", " −1.5 ", "1,200", "３．５", "1e-3", "-.5"].map(parseNumber)).toEqual([
    42, -1.5, 1200, 3.5, 0.001, -0.5,
  ]);
  expect(["97%", "12.5 ％", "-3%"].map(parseNumber)).toEqual([0.97, 0.125, -0.03]);
  expect(["", "%", " ", "two", "1.2.3"].map(parseNumber)).toEqual(new Array(5).fill(Number.NaN));
});

test("what a field takes is inside its bounds and on its steps", () => {
  expect(nearestAllowed(7, 0, 5)).toBe(5);
  expect(nearestAllowed(0.12345, 0, 1, 0.01)).toBe(0.12);
  expect(nearestAllowed(0.3, undefined, undefined, 0.1)).toBe(0.3);
  expect(nearestAllowed(10, 1, 10, 4)).toBe(9); // 1, 5, 9
  expect(nearestAllowed(-3, -1, 1, 0.5)).toBe(-1);
  expect(nearestAllowed(Number.NaN)).toBeNaN();
  expect(nearestAllowed(1e-6, undefined, undefined, 1e-6)).toBe(1e-6);
});
