import { rangeOf } from "glassnet";
import type { Verb } from "./context.ts";
import { commonFlags, type Flag, type FlagTable, placeholderOf, spelling } from "./flag.ts";
import type { Language, Messages } from "./messages/index.ts";
import { newestRun } from "./newest-run.ts";
import type { Terminal } from "./terminal.ts";
import { padEnd, widthOf, wrap } from "./width.ts";

const TEXT_WIDTH = 100;

function headOf(name: string, flag: Flag): string {
  const spelled = flag.kind === "flag" && flag.default ? `--no-${spelling(name).slice(2)}` : spelling(name);
  return `${spelled} ${flag.kind === "choice" && flag.placeholder === undefined && flag.of.length > 3 ? "NAME" : placeholderOf(flag)}`.trimEnd();
}

/** Range and default in brackets. */
function factsOf(flag: Flag, m: Messages): string {
  const facts: string[] = [];
  if (flag.kind === "integer" || flag.kind === "number") {
    const { default: _, ...row } = flag;
    const isOpen = flag.max === undefined || flag.max >= Number.MAX_SAFE_INTEGER;
    const { max: __, ...open } = { ...row, default: 0 };
    facts.push(m.help.range(rangeOf((isOpen ? open : { ...row, default: 0 }) as typeof flag)));
  }
  if (flag.kind === "choice" && flag.of.length > 2) facts.push(m.help.oneOf(flag.of));
  if (flag.kind !== "flag" && flag.isOptional !== true && flag.default !== undefined) {
    facts.push(m.help.byDefault(String(flag.default)));
  }
  return facts.length === 0 ? "" : m.help.facts(facts);
}

function printFlags(terminal: Terminal, table: FlagTable, lang: Language, m: Messages): void {
  const rows = Object.entries(table).map(([name, flag]) => {
    const text = (lang === "zh" ? flag.zh : flag.help) + factsOf(flag, m);
    return [headOf(name, flag), text] as const;
  });
  const width = Math.min(26, Math.max(...rows.map(([head]) => widthOf(head))));
  for (const [head, text] of rows) {
    const lines = wrap(text, Math.min(terminal.columns, TEXT_WIDTH) - width - 4).split("\n");
    const isLong = widthOf(head) > width;
    if (isLong) terminal.print(`  ${head}`);
    lines.forEach((line, i) => {
      terminal.print(`  ${padEnd(i === 0 && !isLong ? head : "", width)}  ${line}`);
    });
  }
}

function widthOfTexts(terminal: Terminal): number {
  return Math.min(terminal.columns, TEXT_WIDTH);
}

/** A line whose continuation is indented further. */
function hanging(text: string, terminal: Terminal, indent: number): string {
  return wrap(text, widthOfTexts(terminal) - 2, " ".repeat(indent)).replaceAll("\n", "\n  ");
}

function printExample(terminal: Terminal, command: string, what: string): void {
  terminal.print(hanging(command, terminal, 2).split("\n").map(terminal.paint.accent).join("\n"));
  terminal.print(wrap(what, widthOfTexts(terminal), " ".repeat(6)));
}

/** What there is, and what to try first. */
export function printOverview(terminal: Terminal, verbs: readonly Verb[], lang: Language, m: Messages): void {
  const { paint } = terminal;
  const { help } = m;
  terminal.print(paint.bold(help.title));
  terminal.print();
  terminal.print(help.tryFirst);
  const first = [
    ["npx glassnet train mnist", help.first.train],
    [`npx glassnet explain ${newestRun() ?? "runs/…"} --index 0`, help.first.explain],
    ["npx glassnet explain backpropagation", help.first.term],
  ] as const;
  for (const [command, what] of first) printExample(terminal, command, what);
  terminal.print();
  terminal.print(help.commands);
  const rows = [
    ...verbs.map(({ name, usage }) => [name, usage] as const),
    ["help", ["glassnet help [COMMAND]"]] as const,
  ];
  for (const [name, usage] of rows) {
    const what = wrap(help.verbs[name as keyof typeof help.verbs], widthOfTexts(terminal), " ".repeat(12));
    terminal.print(`  ${paint.bold(padEnd(name, 8))}  ${what.trimStart()}`);
    for (const line of usage) terminal.print(paint.dim(hanging(help.usageLine(line), terminal, 12)));
  }
  terminal.print();
  terminal.print(help.forAll);
  printFlags(terminal, commonFlags, lang, m);
  terminal.print();
  terminal.print(wrap(help.exitCodes, Math.min(terminal.columns, TEXT_WIDTH)));
  terminal.print(wrap(help.more, Math.min(terminal.columns, TEXT_WIDTH)));
}

/** The help of one verb. */
export function printVerbHelp(
  terminal: Terminal,
  { name, usage, flags, examples }: Verb,
  lang: Language,
  m: Messages,
): void {
  const { paint } = terminal;
  terminal.print(
    paint.bold(wrap(`glassnet ${name}: ${m.help.verbs[name as keyof typeof m.help.verbs]}`, widthOfTexts(terminal))),
  );
  terminal.print();
  terminal.print(m.help.usage);
  for (const line of usage) terminal.print(hanging(m.help.usageLine(line), terminal, 2));
  terminal.print();
  terminal.print(m.help.options);
  printFlags(terminal, flags, lang, m);
  terminal.print();
  terminal.print(m.help.forAll);
  printFlags(terminal, commonFlags, lang, m);
  terminal.print();
  terminal.print(m.help.examples);
  for (const [command, what] of examples) printExample(terminal, command, what[lang]);
}
