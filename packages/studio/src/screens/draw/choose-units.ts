/** @file Which circles stand for a layer that has more units than there is room for. */

/**
 * The `k` units with the greatest scores, in the order of the layer. Those that were shown before stay while they are among the best
 * 2k, so that the picture keeps still while somebody draws. Without any score they are spread evenly.
 *
 * @param always is shown whatever its score
 */
export function chooseUnits(
  scores: ArrayLike<number>,
  k: number,
  { before = [], always }: { readonly before?: readonly number[]; readonly always?: number | undefined } = {},
): number[] {
  const total = scores.length;
  const room = Math.min(k, total);
  if (room === total) return Array.from({ length: total }, (_, unit) => unit);
  const ranked = Array.from({ length: total }, (_, unit) => unit)
    .filter((unit) => scores[unit]! > 0)
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
  const chosen = new Set<number>(always === undefined ? [] : [always]);
  const good = new Set(ranked.slice(0, 2 * room));
  const add = (units: Iterable<number>): void => {
    for (const unit of units) {
      if (chosen.size >= room) return;
      if (unit < total) chosen.add(unit);
    }
  };
  add([...before].filter((unit) => good.has(unit)).sort((a, b) => scores[b]! - scores[a]!));
  add(ranked);
  add(before);
  add(Array.from({ length: room }, (_, i) => Math.round(((i + 0.5) * total) / room - 0.5)));
  add(Array.from({ length: total }, (_, unit) => unit));
  return [...chosen].sort((a, b) => a - b);
}
