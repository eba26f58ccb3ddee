import { Fragment } from "react";
import { Term } from "./term.tsx";

/** A text in which `[word](id)` is a term of the glossary. */
export function Words({ text }: { text: string }) {
  const parts = text.split(/\[([^\]]+)\]\(([a-z-]+)\)/); // plain, word, id, plain, word, id, …
  return parts.map((part, i) => {
    if (i % 3 === 2) return null;
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
    return <Fragment key={i}>{i % 3 === 1 ? <Term id={parts[i + 1]!}>{part}</Term> : part}</Fragment>;
  });
}
