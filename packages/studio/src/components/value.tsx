import { agreed, fixed, signed, significant } from "../i18n/numbers.ts";

export interface ValueProps {
  readonly value: number;
  /** A second way to compute it: only the digits in which both agree are printed. */
  readonly check?: number;
  /** Digits behind the point; with `significant`, digits that count. */
  readonly digits?: number;
  readonly form?: "fixed" | "signed" | "significant";
}

/** A number on the screen, in figures of equal width. Its tooltip has every digit of it. */
export function Value({ value, check, digits = 4, form = "fixed" }: ValueProps) {
  const print = { fixed, signed, significant }[form];
  return (
    <span className="number" title={String(value)}>
      {check === undefined ? print(value, digits) : agreed(value, check, digits)}
    </span>
  );
}
