import type { Neuron } from "./neuron.ts";

/** In which order the terms are added up. */
export const orders = ["place", "size", "value"] as const;
export type Order = (typeof orders)[number];

/** A line of the sum: one term, the bias, or terms that are 0 and stand folded. */
export type TermRow =
  | { readonly kind: "term"; readonly index: number; readonly product: number; readonly running: number }
  | { readonly kind: "bias"; readonly product: number; readonly running: number }
  | {
      readonly kind: "zeros";
      /** The first and the last of them, where they stand in place; the count alone otherwise. */
      readonly first: number;
      readonly last: number;
      readonly count: number;
      readonly running: number;
    };

/** Where the bias stands among the terms: behind the inputs, as the weight of an input fixed at 1. */
const biasAt = (neuron: Pick<Neuron, "products">): number => neuron.products.length;

/**
 * The sum line by line, with what it has come to behind each line. The last line has come to the whole sum. In place the bias stands
 * last; sorted, it stands among the terms as the input that is always 1.
 *
 * @param isFolded whether terms that are 0 share a line
 */
export function termRows(
  { products, bias, hasBias = true }: Pick<Neuron, "products" | "bias"> & { readonly hasBias?: boolean },
  order: Order,
  isFolded: boolean,
): TermRow[] {
  const n = biasAt({ products });
  const valueAt = (i: number): number => (i === n ? bias : products[i]!);
  const places = Array.from({ length: n + (hasBias ? 1 : 0) }, (_, i) => i);
  if (order === "size") places.sort((a, b) => Math.abs(valueAt(b)) - Math.abs(valueAt(a)) || a - b);
  if (order === "value") places.sort((a, b) => valueAt(b) - valueAt(a) || a - b);
  const rows: TermRow[] = [];
  let running = 0;
  for (const i of places) {
    const product = valueAt(i);
    running += product;
    if (i === n) {
      rows.push({ kind: "bias", product, running });
      continue;
    }
    const last = rows.at(-1);
    if (isFolded && product === 0) {
      if (last?.kind === "zeros") {
        rows[rows.length - 1] = { ...last, last: i, count: last.count + 1, running };
      } else rows.push({ kind: "zeros", first: i, last: i, count: 1, running });
      continue;
    }
    rows.push({ kind: "term", index: i, product, running });
  }
  return rows;
}

/** The line in which an input stands; `null` is the bias. −1 if there is none. */
export function rowOf(rows: readonly TermRow[], input: number | null, products: ArrayLike<number>): number {
  return rows.findIndex((row) => {
    if (row.kind === "bias") return input === null;
    if (input === null) return false;
    if (row.kind === "term") return row.index === input;
    return products[input] === 0 && input >= row.first && input <= row.last;
  });
}
