import { UsageError } from "../core/errors.ts";

/** @throws UsageError unless `low <= value`, and `value < below` where there is an upper bound. */
export function checkOption(
  where: string,
  name: string,
  value: number,
  low: number,
  below = Number.POSITIVE_INFINITY,
): void {
  if (value >= low && value < below) return;
  const range =
    below === Number.POSITIVE_INFINITY ? `finite and at least ${low}` : `at least ${low} and below ${below}`;
  throw new UsageError("invalid-option", where, `${name} must be ${range}, got ${value}`, { details: { name, value } });
}
