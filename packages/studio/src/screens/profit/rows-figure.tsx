import { Button, Segments } from "../../components/controls.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Value } from "../../components/value.tsx";
import { Words } from "../../components/words.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { agreed, brief, count, fixed, signed } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { profitCode } from "./code.ts";
import { FitChoice } from "./fit-choice.tsx";
import type { LabInfo } from "./lab.ts";
import { columnName, digitsFor, shortName, targetUnit, withUnit } from "./names.ts";
import { Provenance } from "./provenance.tsx";
import type { Rows } from "./rows.ts";
import { Scroll } from "./scroll.tsx";
import { texts } from "./texts.ts";
import { usePlan, useRow } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** Every row with what came of it and what the model says; the mean of the squares is the loss. */
export function RowsFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { part, choose } = useRow(info);
  const { data, trouble } = useLive("profit/rows", { key: info.key, fit: view.fit, part }, { everyMs: 250 });
  return (
    <Figure
      title={m.rows.title}
      className="wide"
      code={profitCode.rows}
      caption={
        <>
          <Words text={m.rows.caption} />
          <Provenance info={info} />
        </>
      }
      tools={
        <>
          <Segments
            label={m.rows.part}
            isLabelHidden
            choices={[
              { id: "training", label: m.rows.parts.training },
              { id: "validation", label: m.rows.parts.validation },
            ]}
            value={part}
            onChange={(next) => choose({ part: next, row: 0 })}
          />
          <FitChoice />
        </>
      }
    >
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      {data && data.size === info[part] && <RowTable info={info} rows={data} />}
    </Figure>
  );
}

function RowTable({ info, rows }: { info: LabInfo; rows: Rows }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { row, choose } = useRow(info);
  const { plan, change } = usePlan(info);
  const width = info.inputNames.length;
  const digits = digitsFor(info.targetLow, info.targetHigh);
  const input = (at: number, i: number): number => rows.inputs[at * width + i]!;
  const level = (at: number, k: number): number => {
    const { levels, at: first } = info.levels[k]!;
    return Math.max(
      0,
      levels.findIndex((_, j) => input(at, first + j) === 1),
    );
  };
  const levelName = (at: number, k: number): string => {
    const { levels } = info.levels[k]!;
    return columnName(info, levels[level(at, k)]!, m);
  };
  const difference = (at: number): number => rows.actual[at]! - rows.predicted[at]!;
  const columns: Column[] = [
    { id: "row", title: m.rows.row, align: "right", width: "2.6rem", cell: (at) => at },
    ...info.numbers.slice(0, 4).map(
      ({ at: i, low, high }): Column => ({
        id: `number ${i}`,
        title: shortName(info, i, m),
        align: "right",
        width: "minmax(3.6rem, 1fr)",
        cell: (at) => fixed(input(at, i), Math.min(2, digitsFor(low, high))),
      }),
    ),
    ...info.levels.slice(0, 2).map(
      ({ name }, k): Column => ({
        id: `level ${name}`,
        title: columnName(info, name, m),
        width: "minmax(3.6rem, 1fr)",
        cell: (at) => levelName(at, k),
      }),
    ),
    {
      id: "actual",
      title: m.rows.actual,
      align: "right",
      width: "minmax(4rem, 1fr)",
      cell: (at) => fixed(rows.actual[at]!, digits),
    },
    {
      id: "predicted",
      title: m.rows.predicted,
      align: "right",
      width: "minmax(4.2rem, 1fr)",
      cell: (at) => fixed(rows.predicted[at]!, digits),
    },
    {
      id: "difference",
      title: m.rows.difference,
      align: "right",
      width: "minmax(4.6rem, 1fr)",
      cell: (at) => signed(difference(at), digits),
    },
  ];
  const begin = (): void =>
    change({
      numbers: plan.numbers.map((one, k) => ({ ...one, start: input(row, info.numbers[k]!.at) })),
      levels: plan.levels.map((_, k) => level(row, k)),
    });
  const one = difference(row);
  return (
    <>
      <Scroll label={m.rows.title}>
        <div className="profit-rows" style={{ minWidth: `${4 + 4.8 * (columns.length - 1)}rem` }}>
          <DataTable
            label={m.rows.title}
            columns={columns}
            rowCount={rows.size}
            height={234}
            selected={row}
            onSelect={(next) => choose({ row: next })}
          />
        </div>
      </Scroll>
      <div className="profit-line">
        <span className="number">
          {m.rows.one(
            fixed(rows.actual[row]!, digits),
            rows.predicted[row]! < 0 ? `(${fixed(rows.predicted[row]!, digits)})` : fixed(rows.predicted[row]!, digits),
            signed(one, digits),
            brief(one * one, 4),
          )}
        </span>
        <Button kind="quiet" icon="forward" onPress={begin}>
          {m.rows.begin}
        </Button>
      </div>
      <dl className="profit-sum">
        <div>
          <dt>
            {m.rows.mean} · {m.rows.rows(count(rows.size, language))}
          </dt>
          <dd>
            <Value value={rows.meanSquare} check={rows.loss} digits={6} />
          </dd>
        </div>
        <div>
          <dt>{m.rows.loss}</dt>
          <dd className="number" title={String(rows.loss)}>
            {withUnit(agreed(rows.loss, rows.meanSquare), targetUnit(info, m) && `${targetUnit(info, m)}²`)}
          </dd>
        </div>
      </dl>
    </>
  );
}
