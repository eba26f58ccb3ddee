import { type ReactNode, useId, useState } from "react";
import { useMessages } from "../i18n/language.tsx";
import type { CodeSample } from "./code-sample.ts";
import { Button, Toggle } from "./controls.tsx";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

const texts = { en, zh };

export interface FigureProps {
  readonly title: ReactNode;
  /** What is seen, and where the numbers are from: step, example, pass. */
  readonly caption?: ReactNode;
  /** The lines behind "How was this computed?". */
  readonly code?: CodeSample;
  /** The figure in words, for readers who do not see it; short. What a canvas shows stands in its `label`. */
  readonly words?: ReactNode;
  /** Controls at the right of the title. */
  readonly tools?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A picture or table with its title, its caption and the lines of code that give the same numbers. */
export function Figure({ title, caption, code, words, tools, className, children }: FigureProps) {
  const m = useMessages(texts);
  const [isCode, setCode] = useState(false);
  const titleId = useId();
  return (
    <section className={`figure ${className ?? ""}`} aria-labelledby={titleId}>
      <header className="figure-head">
        <h2 className="figure-title" id={titleId}>
          {title}
        </h2>
        {tools}
        {code && <Toggle icon="code" label={m.howComputed} isSelected={isCode} onChange={setCode} />}
      </header>
      {isCode && code !== undefined && <CodeLines sample={code} />}
      <div className="figure-body">{children}</div>
      {words !== undefined && <p className="visually-hidden">{words}</p>}
      {caption !== undefined && <p className="figure-caption">{caption}</p>}
    </section>
  );
}

/** The lines of a sample, to be read and copied. */
export function CodeLines({ sample }: { sample: CodeSample }) {
  const m = useMessages(texts);
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard?.writeText(sample.code).then(
      () => setCopied(true),
      () => setCopied(false), // the page may not: the lines can still be selected
    );
  };
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <section className="code-lines" tabIndex={0} aria-label={m.howComputed}>
        <pre>
          <code>{sample.code.trim()}</code>
        </pre>
      </section>
      <Button kind="quiet" onPress={copy} className="code-copy">
        {isCopied ? m.copied : m.copy}
      </Button>
    </div>
  );
}
