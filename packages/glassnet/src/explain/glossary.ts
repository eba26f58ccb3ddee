import { editDistance } from "../core/closest.ts";
import { descentTerms } from "./glossary/descent.ts";
import { explainingTerms } from "./glossary/explaining.ts";
import { forwardTerms } from "./glossary/forward.ts";
import { networkTerms } from "./glossary/network.ts";
import type { Term } from "./glossary/term.ts";
import { trainingTerms } from "./glossary/training.ts";

export type { Bilingual, Term } from "./glossary/term.ts";

/** The terms of an introduction to neural networks, in the order in which they are best read. */
export const glossary: readonly Term[] = [
  ...networkTerms,
  ...forwardTerms,
  ...trainingTerms,
  ...descentTerms,
  ...explainingTerms,
];

/** What a look-up ignores: case, spaces, hyphens, quotes and other punctuation; full-width forms count as plain ones. */
function keyOf(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, "");
}

function keysOf({ id, name, aliases }: Term): string[] {
  return [id, name.en, name.zh, ...aliases].map(keyOf);
}

/**
 * The term with this id, name or alias, in English or Chinese; a plural s is tolerated.
 *
 * @example findTerm("Loss Function")?.id; // "loss"
 */
export function findTerm(query: string): Term | undefined {
  const key = keyOf(query);
  for (const form of [key, key.replace(/s$/, ""), key.replace(/es$/, "")]) {
    const found = form === "" ? undefined : glossary.find((term) => keysOf(term).includes(form));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Up to `n` terms whose names resemble the query, the most similar first: for "did you mean …?". */
export function closestTerms(query: string, n = 3): Term[] {
  const key = keyOf(query);
  if (key === "") return [];
  const limit = /^\p{Script=Han}+$/u.test(key) ? 1 / 2 : 1 / 3; // most Chinese terms have two characters
  return glossary
    .map((term) => ({ term, unlike: Math.min(...keysOf(term).map((name) => unlikeness(key, name))) }))
    .filter(({ unlike }) => unlike <= limit)
    .sort((a, b) => a.unlike - b.unlike)
    .slice(0, n)
    .map(({ term }) => term);
}

/** From 0, the same, to 1, nothing in common. Where one contains the other, the difference in length counts half. */
function unlikeness(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  const isInside = Math.min(a.length, b.length) > 1 && (a.includes(b) || b.includes(a));
  return isInside ? Math.abs(a.length - b.length) / (2 * longer) : editDistance(a, b) / longer;
}
