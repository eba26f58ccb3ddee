import { closest, closestTerms, findTerm, glossary, type Term } from "glassnet";
import type { Call } from "./context.ts";
import { exitCodes, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import type { Language } from "./messages/index.ts";
import { padEnd, widthOf, wrap } from "./width.ts";

/** Columns of the names in the list; a longer name has a line to itself. */
const MAX_NAME = 22;

/** Prints every term with its sentence. */
export function listTerms({ terminal, lang, m, writeJson }: Call<FlagTable>, isJson: boolean): number {
  if (isJson) {
    writeJson({ version: 1, terms: glossary.map(({ id, name, short }) => ({ id, name, short })) });
    return exitCodes.done;
  }
  terminal.print(terminal.paint.bold(m.explain.term.listHead));
  terminal.print();
  const width = Math.min(MAX_NAME, Math.max(...glossary.map(({ name }) => widthOf(name[lang]))));
  for (const { name, short } of glossary) {
    const isLong = widthOf(name[lang]) > width;
    if (isLong) terminal.print(`  ${terminal.paint.bold(name[lang])}`);
    const lines = wrap(short[lang], Math.min(terminal.columns, 110) - width - 4).split("\n");
    lines.forEach((line, i) => {
      terminal.print(`  ${terminal.paint.bold(padEnd(i === 0 && !isLong ? name[lang] : "", width))}  ${line}`);
    });
  }
  return exitCodes.done;
}

function printTerm(term: Term, query: string, { terminal, lang, m }: Call<FlagTable>): void {
  const text = m.explain.term;
  const { paint } = terminal;
  const width = Math.min(terminal.columns, 100);
  const other = term.name[lang === "en" ? "zh" : "en"];
  terminal.print(`${paint.bold(term.name[lang])}  ${paint.dim(other)}`);
  const alias = term.aliases.find((one) => one.toLowerCase() === query.trim().toLowerCase());
  if (alias !== undefined) terminal.print(paint.dim(text.also(alias)));
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
    const formula = typeof term.formula === "string" ? term.formula : term.formula[lang];
    for (const line of formula.split("\n")) terminal.print(wrap(line, width, "  "));
  }
  part(text.profit, term.profit[lang]);
  part(text.game, term.game[lang]);
  const related = term.see.map((id) => glossary.find((one) => one.id === id)?.name[lang] ?? id);
  if (related.length > 0) part(text.see, related.join(lang === "zh" ? "、" : ", "));
}

/** The name of a term, after the other name of it that the query resembles. */
function nameLike(query: string, { name, aliases }: Term, lang: Language): string {
  const own = name[lang];
  const names = [name.en, name.zh, ...aliases];
  const near = closest(query, names) ?? names.find((one) => one.toLowerCase().includes(query.toLowerCase()));
  return near === undefined || near === own || near === name.en || near === name.zh ? own : `${near} (${own})`;
}

/** Explains a term, in the words of the user or nearly so. */
export function explainTerm(query: string, call: Call<FlagTable>, isJson: boolean): number {
  const { lang, m, writeJson } = call;
  const term = findTerm(query);
  if (term === undefined) {
    const near = closestTerms(query).map((one) => nameLike(query, one, lang));
    const text = m.explain.term;
    const hint = near.length === 0 ? text.seeList : text.didYouMean(near.join(lang === "zh" ? "、" : ", "));
    throw new UsageFailure(text.unknown(query), hint);
  }
  if (isJson) writeJson({ version: 1, ...term });
  else printTerm(term, query, call);
  return exitCodes.done;
}
