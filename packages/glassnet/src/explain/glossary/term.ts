/** A text in the languages of the glossary. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/** One term of the introduction to neural networks. Every text stands on its own; terms of a number have it worked out. */
export interface Term {
  /** Stable: links and the studio's tooltips refer to it. */
  readonly id: string;
  readonly name: Bilingual;
  /** Other names in both languages, for the look-up. Spaces, hyphens, case and a plural s need none. */
  readonly aliases: readonly string[];
  /** One sentence. */
  readonly short: Bilingual;
  /** Three to six sentences with the exact rule and a small worked number. */
  readonly text: Bilingual;
  /** What it is when a company's profit is predicted from price, marketing spend and season. */
  readonly profit: Bilingual;
  /** What it is when a character on a plane steps towards a goal, its distance being the loss. */
  readonly game: Bilingual;
  /** One for both languages, or one for each where it has words. */
  readonly formula?: string | Bilingual;
  /** The ids of related terms. */
  readonly see: readonly string[];
}
