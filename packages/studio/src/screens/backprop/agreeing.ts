import { significant } from "../../i18n/numbers.ts";

/** @file How far two ways to compute a number agree, in digits that count. */

/** Digits that count in which two numbers agree when both are rounded to them; at most `most`. */
export function figuresInCommon(a: number, b: number, most: number): number {
  let digits = most;
  while (digits > 0 && significant(a, digits) !== significant(b, digits)) digits--;
  return digits;
}

/** A number with only the digits in which a second way to compute it agrees; one digit at least. */
export const agreeingFigures = (a: number, b: number, most: number): string =>
  significant(a, Math.max(1, figuresInCommon(a, b, most)));

/** Two numbers as text, and how many characters from the left they share. */
export function commonStart(a: number, b: number, digits: number): readonly [a: string, b: string, shared: number] {
  const [left, right] = [significant(a, digits), significant(b, digits)];
  let shared = 0;
  while (shared < left.length && left[shared] === right[shared]) shared++;
  // Digits before another power of ten say nothing.
  const exponent = (text: string): string => text.split("e")[1] ?? "";
  return [left, right, exponent(left) === exponent(right) ? shared : 0];
}
