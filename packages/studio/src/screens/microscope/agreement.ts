import { agreeingDigits, fixed, significant } from "../../i18n/numbers.ts";

/** As many digits behind the point as make sense of numbers in single precision. */
const MOST_DIGITS = 6;
/** Below this size digits are counted from the first that is not 0. */
const SMALL = 1e-2;
const LARGE = 1e6;

/** How many digits that count two numbers agree in; 0 if in none, or in their sign. */
function agreeingFigures(a: number, b: number, most: number): number {
  let figures = most;
  while (figures > 0 && significant(a, figures) !== significant(b, figures)) figures--;
  return figures;
}

/**
 * A number that was computed in two ways, printed only as far as both agree; `null` if they agree in no digit at all. Very small and
 * very large ones with a power of ten.
 */
export function agreement(a: number, b: number): string | null {
  if (a === 0 && b === 0) return "0";
  if (!Number.isFinite(a) || !Number.isFinite(b)) return fixed(a) === fixed(b) ? fixed(a) : null;
  const size = Math.max(Math.abs(a), Math.abs(b));
  if (size > 0 && (size < SMALL || size >= LARGE)) {
    const figures = agreeingFigures(a, b, MOST_DIGITS);
    if (figures > 0) return significant(a, figures);
    if (size >= LARGE) return null;
  }
  const digits = agreeingDigits(a, b, MOST_DIGITS);
  return fixed(a, digits) === fixed(b, digits) ? fixed(a, digits) : null;
}
