import { closestTerms, findTerm, glossary, type Term } from "glassnet";
import type { Call } from "./context.ts";
import { exitCodes, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import { padEnd, widthOf, wrap } from "./width.ts";

/** Prints every term with its sentence. */
export function listTerms({ terminal, lang, m, writeJson }: Call<FlagTable>, isJson: boolean): number {
  if (isJson) {
    writeJson({ version: 1, terms: glossary.map(({ id, name, short }) => ({ id, name, short })) });
    return exitCodes.done;
  }
  terminal.print(terminal.paint.bold(m.explain.term.listHead));
  terminal.print();
  const width = Math.max(...glossary.map(({ name }) => widthOf(name[lang])));
  for (const { name, short } of glossary) {
    const lines = wrap(short[lang], Math.min(terminal.columns, 110) - width - 4).split("\n");
    lines.forEach((line, i) => {
      terminal.print(`  ${terminal.paint.bold(padEnd(i === 0 ? name[lang] : "", width))}  ${line}`);
    });
  }
  return exitCodes.done;
}

function printTerm(term: Term, { terminal, lang, m }: Call<FlagTable>): void {
  const text = m.explain.term;
  const { paint } = terminal;
  const width = Math.min(terminal.columns, 100);
  const other = term.name[lang === "en" ? "zh" : "en"];
  terminal.print(`${paint.bold(term.name[lang])}  ${paint.dim(other)}`);
  terminal.print(wrap(term.short[lang], width));
  terminal.print();
  terminal.print(wrap(term.text[lang], width));
  const part = (head: string, body: string) => {
    terminal.print();
    terminal.print(paint.bold(head));
    terminal.print(wrap(body, width, "  "));
  };
  if (term.formula !== undefined) {
    terminal.print();
    terminal.print(paint.bold(text.formula));
    for (const line of term.formula.split("\n")) terminal.print(`  ${line}`);
  }
  part(text.profit, term.profit[lang]);
  part(text.game, term.game[lang]);
  const related = term.see.map((id) => glossary.find((one) => one.id === id)?.name[lang] ?? id);
  if (related.length > 0) part(text.see, related.join(lang === "zh" ? "、" : ", "));
}

/** Explains a term, in the words of the user or nearly so. */
export function explainTerm(query: string, call: Call<FlagTable>, isJson: boolean): number {
  const { lang, m, writeJson } = call;
  const term = findTerm(query);
  if (term === undefined) {
    const near = closestTerms(query).map(({ name }) => name[lang]);
    const text = m.explain.term;
    const hint = near.length === 0 ? text.seeList : text.didYouMean(near.join(lang === "zh" ? "、" : ", "));
    throw new UsageFailure(text.unknown(query), hint);
  }
  if (isJson) writeJson({ version: 1, ...term });
  else printTerm(term, call);
  return exitCodes.done;
}
