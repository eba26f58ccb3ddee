import type { Contribution, Evidence } from "glassnet";

/** A step of the way from 0 to the logit. */
export interface EvidenceRow {
  readonly kind: "unit" | "bias" | "rest";
  /** For a unit: which, and its two factors. */
  readonly term?: Contribution;
  /** For the rest: how many terms stand together. */
  readonly count?: number;
  readonly value: number;
  /** Sums before and after it. */
  readonly from: number;
  readonly to: number;
}

export interface EvidenceWay {
  readonly rows: readonly EvidenceRow[];
  /** The least and the greatest sum on the way, 0 among them. */
  readonly low: number;
  readonly high: number;
}

/**
 * The evidence as a way: the bias first, then the `shown` strongest terms in falling size, whatever their sign, then all others in
 * one step. It ends at the sum.
 */
export function evidenceWay({ for: pro, against, bias, sum }: Evidence, shown: number): EvidenceWay {
  const terms = [...pro, ...against].sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.index - b.index);
  const rows: EvidenceRow[] = [{ kind: "bias", value: bias, from: 0, to: bias }];
  let at = bias;
  for (const term of terms.slice(0, shown)) {
    rows.push({ kind: "unit", term, value: term.product, from: at, to: at + term.product });
    at += term.product;
  }
  const rest = terms.length - shown;
  if (rest > 0) rows.push({ kind: "rest", count: rest, value: sum - at, from: at, to: sum });
  const sums = [0, ...rows.map(({ to }) => to)];
  return { rows, low: Math.min(...sums), high: Math.max(...sums) };
}
