/** @example percent(0.97831); // "97.83%" */
export function percent(share: number, digits = 2): string {
  return Number.isNaN(share) ? "–" : `${(100 * share).toFixed(digits)}%`;
}

/**
 * A number with `digits` that count, in plain notation where that is short.
 *
 * @example significant(0.0123456); // "0.01235"
 */
export function significant(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [mantissa, exponent] = x.toExponential(digits - 1).split("e") as [string, string];
    return `${mantissa}e${exponent.replace("+", "")}`;
  }
  const whole = size < 1 ? 0 : Math.floor(Math.log10(size)) + 1;
  const leading = size === 0 || size >= 0.1 ? 0 : -Math.floor(Math.log10(size)) - 1;
  return x.toFixed(Math.max(0, digits - whole + leading));
}

/** With its sign, so that columns of terms read as a sum. */
export function signed(x: number, digits = 4): string {
  return `${x < 0 ? "-" : "+"}${Math.abs(x).toFixed(digits)}`;
}

/** Indices of the largest numbers, the largest first. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: values.length }, (_, i) => i)
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, count);
}
