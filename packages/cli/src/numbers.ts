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

/** @example lossText(0.12345); // "0.1235" */
export function lossText(loss: number): string {
  return Math.abs(loss) < 1e6 || !Number.isFinite(loss) ? loss.toFixed(4) : loss.toExponential(1).replace("+", "");
}

/** The least number of digits, from `first` on, with which a printed equation is true; `last` if none is. */
export function digitsUntil(first: number, last: number, isTrue: (digits: number) => boolean): number {
  for (let digits = first; digits < last; digits++) if (isTrue(digits)) return digits;
  return last;
}

/** With its sign, so that columns of terms read as a sum. */
export function signed(x: number, digits = 4): string {
  if (Math.abs(x) >= 1e6) return `${x < 0 ? "-" : "+"}${significant(Math.abs(x), digits + 2)}`;
  return `${x < 0 ? "-" : "+"}${Math.abs(x).toFixed(digits)}`;
}

/** Indices of the largest numbers, the largest first. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: values.length }, (_, i) => i)
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, count);
}
