import { useCallback, useMemo } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Segments } from "../../components/controls.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import { Value } from "../../components/value.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, significant } from "../../i18n/numbers.ts";
import { useInfo } from "../../worker/hooks.tsx";
import { agreeingFigures } from "./agreeing.ts";
import type { CellView, Opened } from "./cells.ts";
import { backpropCode, codeLineOf } from "./code.ts";
import { paintActivation } from "./draw-activation.ts";
import { pictureWidth } from "./picture-width.ts";
import { useBackpropView, useStepper } from "./stepper.tsx";
import { layerNumber, ruleOf } from "./symbols.ts";
import { texts } from "./texts.ts";

/** The rule of the operation: in symbols, with the numbers of the chosen cell, and in code. */
export function RuleFigure() {
  const m = useMessages(texts);
  const info = useInfo();
  const { cellOp: op, tape, cell, cellTrouble } = useStepper();
  const code = op.kind === "update" ? backpropCode.update : backpropCode.stepper;
  const rule = cell && ruleOf(op, tape.calls, cell, info?.settings.loss ?? "crossEntropy", tape.batch);
  return (
    <Figure title={m.rule.title} code={code} className="backprop-rule">
      <p className="backprop-explain">
        <Explanation />
      </p>
      {cellTrouble && <TroubleNotice trouble={cellTrouble} />}
      {rule && cell && (
        <>
          {cell.update === null ? (
            <dl className="backprop-formulas">
              <dt>{m.rule.symbols}</dt>
              <dd className="backprop-formula">{rule.symbols}</dd>
              {rule.numbers !== null && (
                <>
                  <dt>{m.rule.numbers}</dt>
                  <dd className="backprop-formula number" aria-live="polite">
                    {rule.name} = {rule.numbers} = <b>{significant(rule.value ?? 0, 5)}</b>
                  </dd>
                </>
              )}
            </dl>
          ) : (
            <UpdateLines cell={cell} name={rule.name} />
          )}
          {cell.curve && <CurvePicture cell={cell} />}
          {rule.numbers === null && cell.update === null && cell.opened === null && cell.curve === null && (
            <p className="backprop-note">{m.rule.opaque}</p>
          )}
          <p className="field-label">{m.rule.code}</p>
          <code className="backprop-code-line" lang="en">
            {codeLineOf(op, tape.calls, cell)}
          </code>
        </>
      )}
    </Figure>
  );
}

function Explanation() {
  const { rule, words } = useMessages(texts);
  const { cellOp: op, cellCall: call } = useStepper();
  const gradient = <Term id="gradient">{words.gradient}</Term>;
  const chain = <Term id="chain-rule">{words.chainRule}</Term>;
  const { explain } = rule;
  switch (op.kind) {
    case "loss":
      return explain.loss(<Term id="loss">{words.loss}</Term>);
    case "lossGrad":
      return explain.lossGrad(gradient);
    case "weights":
      return explain.weights(chain);
    case "back":
      return explain.back(chain);
    case "slope":
      return call?.kind === "flatten"
        ? explain.flatten()
        : call?.kind === "dropout"
          ? explain.same()
          : explain.slope(chain);
    case "update":
      return explain.update(<Term id="learning-rate">{words.rate}</Term>);
    case "forward": {
      const kinds = { activation: "activation", flatten: "flatten", dropout: "same", rescale: "rescale" } as const;
      const kind = call?.kind ?? "linear";
      return kind === "linear" || kind === "other" ? explain.forward(gradient) : explain[kinds[kind]]();
    }
  }
}

/** The optimizer's rule, line by line. */
function UpdateLines({ cell, name }: { cell: CellView; name: string }) {
  const m = useMessages(texts);
  const update = cell.update!;
  return (
    <>
      <dl className="backprop-before">
        <dt>{name}</dt>
        <dd className="number">{significant(update.before, 6)}</dd>
        <dt>∂L/∂{name}</dt>
        <dd className="number">{significant(update.grad, 6)}</dd>
        <dt>{name} ′</dt>
        <dd className="number">
          <b>{significant(update.after, 6)}</b>
        </dd>
      </dl>
      {update.isFrozen ? (
        <Notice>{m.rule.frozen}</Notice>
      ) : update.lines.length === 0 ? (
        <p className="backprop-note">{m.rule.noRule}</p>
      ) : (
        <ol className="backprop-lines">
          {update.lines.map(({ symbol, rule, numbers, value }) => (
            <li key={symbol}>
              <span className="backprop-formula">
                {symbol} ← {rule}
              </span>
              <span className="backprop-formula number">
                = {numbers} = <b>{significant(value, 6)}</b>
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function CurvePicture({ cell }: { cell: CellView }) {
  const m = useMessages(texts).rule;
  const { cellCall: call } = useStepper();
  const curve = cell.curve!;
  const name = call?.activation ?? "";
  const words = m.curve(name, significant(curve.at, 4), significant(curve.value, 4), significant(curve.slope, 4));
  const slope = m.slopeIs(significant(curve.slope, 4));
  const paint = useMemo(() => paintActivation(curve, name, slope), [curve, name, slope]);
  return (
    <>
      <Canvas label={words} height={150} paint={paint} />
      <p className="backprop-note">{words}</p>
    </>
  );
}

const ROW = 26;
const MOST_ROWS = 9;

/** The chosen number as the sum that it is, term by term. */
export function CellFigure() {
  const m = useMessages(texts);
  const info = useInfo();
  const { cellOp: op, tape, cell } = useStepper();
  const rule = cell && ruleOf(op, tape.calls, cell, info?.settings.loss ?? "crossEntropy", tape.batch);
  if (cell === undefined || rule === undefined || cell.opened === null) return null;
  return (
    <Figure title={m.cell.title(rule.name)} code={backpropCode.cell} className="backprop-cell">
      <CellSum cell={cell} opened={cell.opened} />
    </Figure>
  );
}

function CellSum({ cell, opened }: { cell: CellView; opened: Opened }) {
  const m = useMessages(texts).cell;
  const language = useLanguage();
  const { cellOp: op, tape } = useStepper();
  const [view, setView] = useBackpropView();
  const isPhone = useIsPhone();
  const info = useInfo();
  const width = info && pictureWidth(info.model.inputShape);
  const n = opened.products.length;
  const kind = op.kind === "forward" ? "forward" : op.kind;
  const [left = "", right = ""] = m.factors[kind];
  const { order, running } = useMemo(() => {
    const places = [...opened.products.keys()];
    if (view.order === "size") places.sort((a, b) => Math.abs(opened.products[b]!) - Math.abs(opened.products[a]!));
    let sum = opened.bias ?? 0;
    return { order: places, running: places.map((i) => (sum += opened.products[i]!)) };
  }, [opened, view.order]);
  const nameOf = (place: number): string => {
    if (cell.over === "examples" && tape.rows.length > 0) return count(tape.rows[place]!, language);
    const isPixel = cell.over === "inputs" && width !== undefined && layerNumber(tape.calls, op.call ?? 0) === 1;
    if (isPixel) return m.pixel(String(Math.floor(place / width)), String(place % width));
    return count(place, language);
  };
  const number = (x: number) => <Value value={x} form="significant" digits={4} />;
  const at = useCallback((row: number): number => order[row]!, [order]);
  const isSame = Math.abs(opened.sum - opened.value) <= opened.bound || opened.sum === opened.value;
  return (
    <>
      <div className="row backprop-cell-head">
        <p>{m.over[cell.over](count(n, language))}</p>
        {n > 2 && (
          <Segments
            label={m.order}
            isLabelHidden
            choices={[
              { id: "size", label: m.bySize },
              { id: "place", label: m.inPlace },
            ]}
            value={view.order === "place" ? "place" : "size"}
            onChange={(next) => setView({ order: next })}
          />
        )}
      </div>
      <DataTable
        label={m.table}
        rowCount={n}
        rowHeight={ROW}
        height={Math.min(n, MOST_ROWS) * ROW}
        columns={[
          ...(n > 1
            ? [{ id: "i", title: m.index[cell.over], width: "4.5rem", cell: (row: number) => nameOf(at(row)) }]
            : []),
          { id: "left", title: left, align: "right", cell: (row) => number(opened.left[at(row)]!) },
          { id: "right", title: `· ${right}`, align: "right", cell: (row) => number(opened.right[at(row)]!) },
          { id: "product", title: `= ${m.product}`, align: "right", cell: (row) => number(opened.products[at(row)]!) },
          ...(n > 1 && !isPhone
            ? [{ id: "sum", title: m.running, align: "right" as const, cell: (row: number) => number(running[row]!) }]
            : []),
        ]}
        footer={
          <div className="backprop-sum">
            {opened.bias !== null && (
              <span>
                {m.bias} {number(opened.bias)}
              </span>
            )}
            <span>
              {m.sum} <b className="number">{agreeingFigures(opened.sum, opened.value, 7)}</b>
            </span>
            <span>
              {m.library} <b className="number">{agreeingFigures(opened.value, opened.sum, 7)}</b>
            </span>
            <span className={isSame ? "backprop-right" : "backprop-wrong"}>
              {isSame ? `✓ ${m.agrees}` : `≠ ${m.differs}`}
            </span>
          </div>
        }
      />
    </>
  );
}
