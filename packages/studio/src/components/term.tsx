import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useLanguage, useMessages } from "../i18n/language.tsx";
import { type Term as GlossaryTerm, loadGlossary } from "./glossary.ts";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

const texts = { en, zh };

/** How long the pointer rests before the text opens, and how long it may be away before it closes. */
const OPEN_MS = 250;
const CLOSE_MS = 200;

export interface TermProps {
  /** The id of the term in the library's glossary, such as `bias`. */
  readonly id: string;
  /** The word as it stands in the sentence; the term's name otherwise. */
  readonly children?: ReactNode;
}

/**
 * A word of the glossary. Hover, focus or a tap opens what `glassnet explain` prints: the text, and what it is in both labs. Escape
 * closes it.
 */
export function Term({ id, children }: TermProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const [term, setTerm] = useState<GlossaryTerm | undefined>(undefined);
  const [isOpen, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const anchor = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLSpanElement>(null);
  const panelId = useId();

  const later = (open: boolean, ms: number): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(open), ms);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const isNeeded = isOpen || children === undefined; // the glossary is large, and most words are never asked about
  useEffect(() => {
    if (!isNeeded) return undefined;
    let isWanted = true;
    void loadGlossary().then((terms) => {
      if (isWanted) setTerm(terms.find((known) => known.id === id));
    });
    return () => {
      isWanted = false;
    };
  }, [id, isNeeded]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with its text the panel has another size
  useEffect(() => {
    if (isOpen && anchor.current !== null && panel.current !== null) place(panel.current, anchor.current);
  }, [isOpen, term]);

  return (
    <span className="term">
      <button
        ref={anchor}
        type="button"
        className="term-word"
        aria-expanded={isOpen}
        aria-describedby={isOpen ? panelId : undefined}
        onClick={() => setOpen((open) => !open)}
        onMouseEnter={() => later(true, OPEN_MS)}
        onMouseLeave={() => later(false, CLOSE_MS)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && later(true, OPEN_MS)}
        onBlur={() => later(false, CLOSE_MS)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !isOpen) return;
          event.stopPropagation();
          setOpen(false);
        }}
      >
        {children ?? term?.name[language] ?? id}
      </button>
      {isOpen && (
        <span
          ref={panel}
          id={panelId}
          role="tooltip"
          className="term-panel"
          onMouseEnter={() => clearTimeout(timer.current)}
          onMouseLeave={() => later(false, CLOSE_MS)}
        >
          {term === undefined ? m.terms.loading : <TermText term={term} />}
        </span>
      )}
    </span>
  );
}

function TermText({ term }: { term: GlossaryTerm }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { formula } = term;
  const shown = typeof formula === "object" ? formula[language] : formula;
  return (
    <>
      <strong className="term-name">{term.name[language]}</strong>
      <span className="term-short">{term.short[language]}</span>
      <span className="term-text">{term.text[language]}</span>
      {shown !== undefined && <code className="term-formula">{shown}</code>}
      <span className="term-lab">
        <b>{m.inProfit}</b> {term.profit[language]}
      </span>
      <span className="term-lab">
        <b>{m.inGame}</b> {term.game[language]}
      </span>
    </>
  );
}

/** Below the word, or above it where there is more room; always inside the window. */
function place(panel: HTMLElement, anchor: HTMLElement): void {
  const word = anchor.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const left = Math.max(8, Math.min(word.left, window.innerWidth - width - 8));
  const isBelow = word.bottom + height + 12 < window.innerHeight || word.top < window.innerHeight / 2;
  panel.style.left = `${left}px`;
  panel.style.top = `${isBelow ? word.bottom + 6 : Math.max(8, word.top - height - 6)}px`;
}
