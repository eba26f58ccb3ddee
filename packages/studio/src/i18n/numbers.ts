import { type Language, languageNames } from "./language.tsx";

/** The sign of a negative number as it is printed: a true minus, as wide as the plus. */
const MINUS = "−";

const finite = (x: number): string | undefined => {
  if (Number.isNaN(x)) return "NaN";
  if (x === Number.POSITIVE_INFINITY) return "∞";
  return x === Number.NEGATIVE_INFINITY ? `${MINUS}∞` : undefined;
};

/** A number with so many digits behind the point, as in a table: the columns stand under each other. */
export function fixed(x: number, digits = 3): string {
  const text = finite(x);
  if (text !== undefined) return text;
  const shown = Math.abs(x).toFixed(digits);
  return x < 0 && Number(shown) !== 0 ? `${MINUS}${shown}` : shown;
}

/** A number with so many digits that count, and a power of ten where it is very small or large: 0.0123, 1.23e−7. */
export function significant(x: number, digits = 4): string {
  const text = finite(x);
  if (text !== undefined) return text;
  if (x === 0) return "0";
  const size = Math.abs(x);
  const shown = size >= 1e6 || size < 1e-4 ? size.toExponential(digits - 1) : size.toPrecision(digits);
  return (x < 0 ? MINUS : "") + shown.replace("e-", `e${MINUS}`).replace("e+", "e");
}

/** As a reader writes it, to so many digits that count and without zeros at the end: 2000, 0.25, 1.2e−7. */
export function brief(x: number, digits = 5): string {
  const text = finite(x);
  if (text !== undefined) return text;
  const rounded = Math.abs(Number(x.toPrecision(digits)));
  if (rounded === 0) return "0";
  const isPlain = rounded >= 1e-4 && rounded < 1e6;
  const shown = isPlain ? String(rounded) : String(Number(rounded.toExponential(digits - 1)).toExponential());
  return (x < 0 ? MINUS : "") + shown.replace("e-", `e${MINUS}`).replace("e+", "e");
}

/** With its sign, also above 0: colour alone must not say it. */
export function signed(x: number, digits = 3): string {
  const shown = fixed(x, digits);
  return x > 0 && Number(shown) !== 0 ? `+${shown}` : shown;
}

/** A whole number in groups of three: 60,000. */
export const count = (n: number, language: Language): string =>
  new Intl.NumberFormat(languageNames[language].tag).format(n);

/** A share as a percentage: 97.3 %. */
export const percent = (share: number, digits = 1): string => {
  const text = finite(share);
  return text ?? `${fixed(100 * share, digits)}%`;
};

/**
 * How many digits behind the point two ways to compute a number agree in, at most `most`: rounded to so many they are printed
 * alike. 0 if they agree in none.
 */
export function agreeingDigits(a: number, b: number, most = 10): number {
  let digits = most;
  while (digits > 0 && fixed(a, digits) !== fixed(b, digits)) digits--;
  return digits;
}

/** A number, printed only as far as a second way to compute it agrees. */
export const agreed = (a: number, b: number, most = 6): string => fixed(a, agreeingDigits(a, b, most));
