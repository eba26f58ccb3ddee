/**
 * The least number of letters to insert, delete, replace or swap with the next that turns one word into the other
 * (Damerau-Levenshtein, optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]; // from a's first i letters to b's first j
  for (let i = 1; i <= a.length; i++) {
    const [row, next] = [rows[i - 1]!, [i]];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1, swapped));
    }
    rows.push(next);
  }
  return rows[a.length]![b.length]!;
}

const initialsOf = (name: string): string => name.charAt(0) + name.replace(/[^A-Z]/g, "");

/** A third of the letters; one even of two, because most Chinese words have two characters. */
function mayDiffer(a: string, b: string): number {
  const third = Math.max(a.length, b.length) / 3;
  return Math.min(a.length, b.length) > 1 ? Math.max(1, third) : third;
}

/**
 * The name that was probably meant: one that begins with `name` or has it as its initials, or the nearest by spelling.
 *
 * @example closest("lr", ["loss", "learningRate"]); // "learningRate"
 */
export function closest(name: string, known: readonly string[]): string | undefined {
  const key = name.toLowerCase();
  const unlike = (candidate: string): number => {
    const other = candidate.toLowerCase();
    const isShort = key.length > 1 && (other.startsWith(key) || initialsOf(candidate).toLowerCase() === key);
    return isShort ? 0 : editDistance(key, other);
  };
  const [nearest] = known
    .map((candidate) => ({ candidate, far: unlike(candidate) }))
    .filter(({ candidate, far }) => far <= mayDiffer(name, candidate))
    .sort((a, b) => a.far - b.far);
  return nearest?.candidate;
}
