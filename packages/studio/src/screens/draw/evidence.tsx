import { useCallback } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Segments, Select } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { Value } from "../../components/value.tsx";
import type { Brush } from "../../draw/brush.ts";
import { drawSigned } from "../../draw/tiles.ts";
import { useMessages } from "../../i18n/language.tsx";
import { agreed, fixed, signed, significant } from "../../i18n/numbers.ts";
import { useExample, useLive } from "../../worker/hooks.tsx";
import { useSelection } from "../../workspace/hooks.tsx";
import { drawCode } from "./code.ts";
import { type Question, useAsked, useClassNames, useDrawView, useIsSeen, useLooked } from "./desk.tsx";
import { type EvidenceRow, evidenceWay } from "./evidence-rows.ts";
import { Provenance } from "./provenance.tsx";
import { texts } from "./texts.ts";

/** Terms that stand for themselves; the others are folded. */
const SHOWN = 9;
/** While training goes on, the evidence follows at most so often. */
const EVERY_MS = 500;
/** … and where it is not on the screen. */
const UNSEEN_MS = 4000;

/** "Why 3", "why 3 and not 8": the same choice for the evidence, the pixels and the test. */
function Asking({ asked }: { asked: Question }) {
  const m = useMessages(texts);
  const names = useClassNames();
  const [view, setView] = useDrawView();
  const [, select] = useSelection();
  const nameOf = (i: number): string => names[i] ?? String(i);
  const classes = names.map((label, i) => ({ id: String(i), label }));
  return (
    <div className="row draw-asking">
      <Segments
        label={m.evidence.ask}
        isLabelHidden
        choices={[
          { id: "why", label: m.evidence.why(nameOf(asked.classIndex)) },
          { id: "versus", label: m.evidence.versus(nameOf(asked.classIndex), nameOf(asked.rival)) },
        ]}
        value={view.ask === "versus" ? "versus" : "why"}
        onChange={(ask) => setView({ ask })}
      />
      <span className="draw-asking-classes">
        <Select
          label={m.evidence.classLabel}
          isLabelHidden
          choices={classes}
          value={String(asked.classIndex)}
          onChange={(id) => select({ classIndex: Number(id), versus: null })}
        />
        {view.ask === "versus" && (
          <>
            <span className="muted">{m.evidence.not}</span>
            <Select
              label={m.evidence.rivalLabel}
              isLabelHidden
              choices={classes.filter(({ id }) => id !== String(asked.classIndex))}
              value={String(asked.rival)}
              onChange={(id) => select({ versus: Number(id) })}
            />
          </>
        )}
      </span>
    </div>
  );
}

/** The terms of the logit, one after the other, until their sum is the logit. */
export function EvidenceFigure() {
  const m = useMessages(texts);
  const names = useClassNames();
  const example = useExample();
  const asked = useAsked();
  const [watch, isSeen] = useIsSeen();
  const [{ layer, unit }, select] = useSelection();
  const isKnown = example !== null && asked !== null;
  const { data, trouble } = useLive(
    "draw/evidence",
    isKnown ? { example, classIndex: asked.classIndex, versus: asked.versus } : null,
    { everyMs: isSeen ? EVERY_MS : UNSEEN_MS },
  );
  const nameOf = (i: number): string => names[i] ?? String(i);
  const way = data && evidenceWay(data, SHOWN);
  return (
    <Figure
      title={m.evidence.title}
      code={drawCode.evidence}
      caption={
        <>
          {m.evidence.caption(<Term id="evidence">{m.words.evidence}</Term>, <Term id="logits">{m.words.logit}</Term>)}{" "}
          <Provenance step={data?.step} />
        </>
      }
    >
      {trouble && <TroubleNotice trouble={trouble} />}
      <span ref={watch} hidden />
      {!isKnown && <p className="draw-empty">{example === null ? m.evidence.nothing : m.answer.opening}</p>}
      {isKnown && <Asking asked={asked} />}
      {isKnown && data !== undefined && way !== undefined && (
        <>
          <table className="draw-evidence">
            <caption className="visually-hidden">{m.evidence.title}</caption>
            <colgroup>
              <col className="draw-col-unit" />
              <col className="draw-col-factors" />
              <col className="draw-col-product" />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">{data.unitsOf === null ? m.evidence.pixel : m.evidence.unit}</th>
                <th scope="col" className="draw-factors">
                  {data.unitsOf === null ? m.evidence.factorsOfPixels : m.evidence.factors}
                </th>
                <th scope="col" className="draw-right">
                  {m.evidence.product}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{m.evidence.way}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {way.rows.map((row) => {
                const at = row.term?.index;
                const isSelected = at !== undefined && data.unitsOf !== null && layer === data.unitsOf && unit === at;
                return (
                  <tr key={row.kind + String(at ?? "")} className={isSelected ? "draw-selected" : undefined}>
                    <th scope="row">
                      {row.kind === "unit" && data.unitsOf !== null ? (
                        <button
                          type="button"
                          className="draw-link"
                          aria-pressed={isSelected}
                          onClick={() => select({ layer: data.unitsOf, unit: at! })}
                        >
                          {m.evidence.unitName(String(at))}
                        </button>
                      ) : row.kind === "unit" ? (
                        m.evidence.pixelName(String(at))
                      ) : row.kind === "bias" ? (
                        <Term id="bias">{m.words.bias}</Term>
                      ) : (
                        m.evidence.rest(String(row.count))
                      )}
                    </th>
                    <td className="draw-factors number muted">
                      {row.term ? `${fixed(row.term.input, 2)} × ${signed(row.term.weight, 3)}` : ""}
                    </td>
                    <td className="draw-right">
                      <Value value={row.value} digits={3} form="signed" />
                    </td>
                    <td>
                      <WayBar row={row} low={way.low} high={way.high} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row" colSpan={2}>
                  {asked.versus === null
                    ? m.evidence.logit(nameOf(asked.classIndex))
                    : m.evidence.difference(nameOf(asked.classIndex), nameOf(asked.versus))}
                </th>
                <td className="draw-right">
                  <b>
                    <Value value={data.sum} check={data.logit} digits={6} />
                  </b>
                </td>
                <td>
                  <WayBar
                    row={{ kind: "rest", value: data.sum, from: 0, to: data.sum }}
                    low={way.low}
                    high={way.high}
                  />
                </td>
              </tr>
            </tfoot>
          </table>
          <p className="draw-counts">
            {m.evidence.network(agreed(data.logit, data.sum, 6), significant(data.bound, 2))}{" "}
            {m.evidence.counts(String(data.for.length), String(data.against.length))}
          </p>
        </>
      )}
    </Figure>
  );
}

/** From the sum before a term to the sum behind it. What is against is hatched. */
function WayBar({ row, low, high }: { row: EvidenceRow; low: number; high: number }) {
  const span = high - low || 1;
  const place = (x: number): number => (100 * (x - low)) / span;
  const [left, right] = [Math.min(row.from, row.to), Math.max(row.from, row.to)];
  return (
    <span className="draw-way" aria-hidden="true">
      <span className="draw-way-zero" style={{ left: `${place(0)}%` }} />
      <span
        className={`draw-way-bar ${row.value < 0 ? "draw-against" : "draw-for"}`}
        style={{ left: `${place(left)}%`, width: `max(2px, ${place(right) - place(left)}%)` }}
      />
    </span>
  );
}

/** Which pixels speak for the class and which against it, by gradient × input. */
export function PixelsFigure() {
  const m = useMessages(texts);
  const names = useClassNames();
  const example = useExample();
  const asked = useAsked();
  const [watch, isSeen] = useIsSeen();
  const isKnown = example !== null && asked !== null;
  const { data, trouble } = useLive(
    "draw/pixels",
    isKnown ? { example, classIndex: asked.classIndex, versus: asked.versus } : null,
    { everyMs: isSeen ? EVERY_MS : UNSEEN_MS },
  );
  const ink = useLooked(({ look }) => look?.stored ?? null);
  const values = data?.values;
  const paint = useCallback(
    (brush: Brush): void => {
      const { context, palette, width, height } = brush;
      const box = { x: 0, y: 0, width, height };
      if (values === undefined) return;
      drawSigned(brush, values, 28, box);
      if (ink === null) return;
      // The outline of the ink, so that one sees where on the digit a colour lies.
      const size = width / 28;
      const isInk = (row: number, column: number): boolean =>
        row >= 0 && column >= 0 && row < 28 && column < 28 && ink[row * 28 + column]! >= 128;
      context.beginPath();
      for (let row = 0; row < 28; row++) {
        for (let column = 0; column < 28; column++) {
          if (!isInk(row, column)) continue;
          const [x, y] = [column * size, row * size];
          if (!isInk(row - 1, column)) line(context, x, y, x + size, y);
          if (!isInk(row + 1, column)) line(context, x, y + size, x + size, y + size);
          if (!isInk(row, column - 1)) line(context, x, y, x, y + size);
          if (!isInk(row, column + 1)) line(context, x + size, y, x + size, y + size);
        }
      }
      context.strokeStyle = palette.muted;
      context.lineWidth = 1;
      context.stroke();
    },
    [values, ink],
  );
  const sumOf = (sign: 1 | -1): number =>
    values === undefined ? 0 : values.reduce((sum, x) => (sign * x > 0 ? sum + x : sum), 0);
  const strongest = values?.reduce((best, x, i) => (Math.abs(x) > Math.abs(values[best]!) ? i : best), 0) ?? 0;
  const nameOf = (i: number): string => names[i] ?? String(i);
  return (
    <Figure
      title={m.pixels.title}
      code={drawCode.pixels}
      caption={
        <>
          {m.pixels.caption(<Term id="attribution">{m.words.attribution}</Term>)} <Provenance step={data?.step} />
        </>
      }
    >
      {trouble && <TroubleNotice trouble={trouble} />}
      <span ref={watch} hidden />
      {!isKnown && <p className="draw-empty">{example === null ? m.evidence.nothing : m.answer.opening}</p>}
      {isKnown && data !== undefined && (
        <div className="draw-pixels">
          <Canvas
            className="draw-pixels-canvas"
            label={m.pixels.label(signed(sumOf(1), 2), signed(sumOf(-1), 2), String(strongest))}
            ratio={1}
            paint={paint}
          />
          <dl className="draw-facts">
            <dt>{m.pixels.for}</dt>
            <dd className="draw-positive">
              <Value value={sumOf(1)} digits={3} form="signed" />
            </dd>
            <dt>{m.pixels.against}</dt>
            <dd className="draw-negative">
              <Value value={sumOf(-1)} digits={3} form="signed" />
            </dd>
            <dt>{m.pixels.biases}</dt>
            <dd>
              <Value value={data.output - data.sum} digits={3} form="signed" />
            </dd>
            <dt>
              {asked.versus === null
                ? m.evidence.logit(nameOf(asked.classIndex))
                : m.evidence.difference(nameOf(asked.classIndex), nameOf(asked.versus))}
            </dt>
            <dd>
              <b>
                <Value value={data.output} digits={3} form="signed" />
              </b>
            </dd>
            <dt>{m.pixels.strongest}</dt>
            <dd>
              {m.pixels.place(String(strongest), String(Math.floor(strongest / 28)), String(strongest % 28))}
              <br />
              <Value value={data.values[strongest]!} digits={3} form="signed" />
            </dd>
          </dl>
        </div>
      )}
    </Figure>
  );
}

function line(context: Brush["context"], x0: number, y0: number, x1: number, y1: number): void {
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
}
