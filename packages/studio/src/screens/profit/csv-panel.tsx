import { useId, useState } from "react";
import { Button, FileTrigger } from "react-aria-components";
import { Select, Button as StudioButton } from "../../components/controls.tsx";
import { Icon } from "../../components/icon.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { brief, count } from "../../i18n/numbers.ts";
import type { ColumnSummary } from "./csv.ts";
import { exampleCsv } from "./example-csv.ts";
import type { ColumnRole } from "./roles.ts";
import { Scroll } from "./scroll.tsx";
import { MAX_BYTES, MAX_COLUMNS, MAX_ROWS, MIN_ROWS } from "./table.ts";
import { texts } from "./texts.ts";
import { useTable } from "./use-table.tsx";

/** What a table is called that came from no file. */
const PASTED = "CSV";
/** More text than this is not put into the field: it is read all the same. */
const MAX_SHOWN = 200_000;
const shownOf = (text: string): string => (text.length > MAX_SHOWN ? "" : text);

/** A table is pasted or chosen, its columns get their roles, and what is wrong with it is said. */
export function CsvPanel() {
  const m = useMessages(texts);
  const language = useLanguage();
  const { file, read, trouble, take, assign } = useTable();
  const [text, setText] = useState(shownOf(file?.text ?? ""));
  const [known, setKnown] = useState(file);
  if (known !== file) {
    setKnown(file); // another table was dropped on the page
    if (file !== null) setText(shownOf(file.text));
  }
  const [isUnreadable, setUnreadable] = useState(false);
  const id = useId();
  const open = async (files: FileList | null): Promise<void> => {
    const [chosen] = files ?? [];
    if (chosen === undefined) return;
    setUnreadable(false);
    try {
      const content = await chosen.slice(0, MAX_BYTES + 1).text();
      setText(shownOf(content));
      take(chosen.name, content);
    } catch {
      setUnreadable(true);
    }
  };
  const number = (n: number): string => count(n, language);
  return (
    <div className="profit-csv">
      <div className="stack">
        <label className="field-label" htmlFor={id}>
          {m.csv.paste}
        </label>
        <textarea
          id={id}
          className="input profit-paste"
          value={text}
          placeholder={m.csv.placeholder}
          spellCheck={false}
          rows={8}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="row">
          <StudioButton kind="primary" isDisabled={text.trim() === ""} onPress={() => take(PASTED, text)}>
            {m.csv.use}
          </StudioButton>
          <FileTrigger acceptedFileTypes={[".csv", ".tsv", ".txt", "text/csv"]} onSelect={(files) => void open(files)}>
            <Button className="button button-plain">
              <Icon name="open" />
              <span>{m.csv.choose}</span>
            </Button>
          </FileTrigger>
          <StudioButton
            kind="quiet"
            onPress={() => {
              setText(exampleCsv);
              take(PASTED, exampleCsv);
            }}
          >
            {m.csv.sample}
          </StudioButton>
        </div>
        <p className="figure-caption">{m.csv.stays}</p>
      </div>
      <div className="stack">
        {isUnreadable && <Notice kind="warning">{m.csv.faults.unreadable}</Notice>}
        {trouble !== undefined && <TroubleNotice trouble={trouble} />}
        <Faults />
        {read !== undefined && (
          <>
            <Scroll label={m.csv.columns}>
              <table className="profit-table">
                <caption>
                  {m.csv.columns} · {m.csv.rows(number(read.rows))}
                  {file !== null && file.name !== PASTED && ` · ${file.name}`}
                </caption>
                <thead>
                  <tr>
                    <th scope="col">{m.csv.column}</th>
                    <th scope="col">{m.csv.holds}</th>
                    <th scope="col">{m.csv.role}</th>
                  </tr>
                </thead>
                <tbody>
                  {read.columns.map((column, j) => (
                    <tr key={column.name}>
                      <th scope="row">{column.name}</th>
                      <td>{holds(column)}</td>
                      <td>
                        <Select<ColumnRole>
                          label={`${m.csv.role}: ${column.name}`}
                          isLabelHidden
                          choices={rolesOf(column).map((role) => ({ id: role, label: m.csv.roles[role] }))}
                          value={read.roles[j] ?? "out"}
                          isDisabled={rolesOf(column).length === 1}
                          onChange={(role) => assign(j, role)}
                        />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
            {read.leftOut > 0 && <Notice>{m.csv.leftOut(number(read.leftOut))}</Notice>}
          </>
        )}
      </div>
    </div>
  );

  function holds({ kind, low, high, levels }: ColumnSummary): string {
    if (kind === "number") return m.csv.number(brief(low), brief(high));
    if (kind === "constant") return m.csv.constant;
    return kind === "level" ? m.csv.level(String(levels)) : m.csv.words(number(levels));
  }
}

function rolesOf({ kind }: ColumnSummary): readonly ColumnRole[] {
  if (kind === "number") return ["input", "target", "out"];
  return kind === "level" ? ["input", "out"] : ["out"];
}

/** What is wrong with the table, if something is. */
function Faults() {
  const m = useMessages(texts);
  const language = useLanguage();
  const { fault, read } = useTable();
  const number = (n: number): string => count(n, language);
  const { faults } = m.csv;
  const say = (): string | null => {
    if (fault === undefined) {
      const problem = read?.problem ?? null;
      return problem === "few-rows" ? faults.incomplete(number(MIN_ROWS)) : problem && faults[problem];
    }
    switch (fault.fault) {
      case "empty":
        return faults.empty;
      case "large":
        return faults.large;
      case "no-numbers":
        return faults["no-numbers"](number(fault.columns));
      case "all-constant":
        return faults["all-constant"];
      case "one-number":
        return faults["one-number"](fault.column);
      case "few-rows":
        return faults["few-rows"](number(fault.rows), number(MIN_ROWS));
      case "many-rows":
        return faults["many-rows"](number(MAX_ROWS));
      case "many-columns":
        return faults["many-columns"](number(fault.columns), number(MAX_COLUMNS));
    }
  };
  const text = say();
  return text === null ? null : <Notice kind="warning">{text}</Notice>;
}
