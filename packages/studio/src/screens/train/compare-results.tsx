import { type KeyboardEvent, useCallback, useState } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Select } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice } from "../../components/notice.tsx";
import type { Brush } from "../../draw/brush.ts";
import { scaleOf } from "../../draw/palette.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent, significant } from "../../i18n/numbers.ts";
import { useStore, useView } from "../../workspace/hooks.tsx";
import { trainCode } from "./code.ts";
import { type ScoreName, type Side, scoreNames, TILES } from "./compare.ts";
import { contest } from "./contest.ts";
import { paintBands } from "./paint-bands.ts";
import { paintWeights, weightLayout } from "./paint-weights.ts";
import { texts } from "./texts.ts";
import { trainView } from "./view.ts";
import { ScaleBar } from "./weights-figure.tsx";

/** Bands of both sides, their numbers, and what their first units look like. */
export function CompareResults() {
  const m = useMessages(texts);
  const { sides, epochs: wanted } = useStore(contest);
  const [view, setView] = useView("train", trainView);
  const [a, b] = sides ?? [];
  if (a === undefined || b === undefined || a.trials.length === 0 || b.trials.length === 0) {
    return (
      <Figure title={m.bandsFigure} code={trainCode.compare}>
        <p className="train-empty">{m.bandsNone}</p>
      </Figure>
    );
  }
  const hasAccuracy = a.bands.validationAccuracy.mean.some(Number.isFinite);
  const choices = scoreNames.filter((name) => hasAccuracy || name.endsWith("Loss"));
  const score = choices.find((name) => name === view.score) ?? choices[0]!;
  const epochs = Math.max(wanted, a.bands[score].mean.length, b.bands[score].mean.length);
  return (
    <>
      {a.settings.loss !== b.settings.loss && score.endsWith("Loss") && <Notice>{m.lossesDiffer}</Notice>}
      <Bands
        a={a}
        b={b}
        score={score}
        epochs={epochs}
        choice={
          <Select
            label={m.score}
            isLabelHidden
            choices={choices.map((id) => ({ id, label: m.scores[id] }))}
            value={score}
            onChange={(next) => setView({ score: next })}
          />
        }
      />
      {a.tiles !== null && b.tiles !== null && <SideTiles a={a} b={b} />}
    </>
  );
}

/** Without hidden layers the first units are the outputs. */
const OUTPUTS = 10;

const printerOf = (score: ScoreName) => (x: number) => (score.endsWith("Accuracy") ? percent(x, 1) : significant(x, 3));

interface BandsProps {
  readonly a: Side;
  readonly b: Side;
  readonly score: ScoreName;
  readonly epochs: number;
  readonly choice: React.ReactNode;
}

function Bands({ a, b, score, epochs, choice }: BandsProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const [chosen, setChosen] = useState<number | null>(null);
  const print = printerOf(score);
  const [left, right] = [a.bands[score], b.bands[score]];
  const paint = useCallback(
    (brush: Brush) =>
      paintBands(
        [
          { name: "A", band: left, dash: [], colour: "positive" },
          { name: "B", band: right, dash: [6, 4], colour: "negative" },
        ],
        { print: printerOf(score), epochs, chosen, xLabel: m.epoch },
      )(brush),
    [left, right, score, epochs, chosen, m],
  );
  const onKey = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: (chosen ?? 2) - 1,
      ArrowRight: (chosen ?? 0) + 1,
      Home: 1,
      End: epochs,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setChosen(Math.max(1, Math.min(epochs, next)));
  };
  const last = (band: typeof left): string => print(band.mean.at(-1) ?? Number.NaN);
  const seeds = Math.max(a.trials.length, b.trials.length);
  const range = ({ mean, low, high }: typeof left, at: number): string =>
    mean[at] === undefined || !Number.isFinite(mean[at])
      ? "–"
      : seeds === 1
        ? print(mean[at])
        : m.meanRange(print(mean[at]), print(low[at]!), print(high[at]!));
  return (
    <Figure
      title={m.bandsFigure}
      code={trainCode.compare}
      caption={m.bandsCaption(count(seeds, language))}
      tools={choice}
      className="train-bands"
    >
      <Canvas
        label={m.bandsLabel(m.scores[score], last(left), last(right))}
        height={250}
        paint={paint}
        onKey={onKey}
        onPoint={({ x, width }) =>
          setChosen(Math.max(1, Math.min(epochs, Math.round(1 + ((x - 54) / (width - 80)) * (epochs - 1)))))
        }
      />
      <p className="number train-note" aria-live="polite">
        {chosen !== null && `${m.epoch} ${chosen}: A ${range(left, chosen - 1)}, B ${range(right, chosen - 1)}`}
      </p>
      <table className="train-table">
        <caption className="visually-hidden">{m.bandsTable}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{m.setting}</span>
            </th>
            <th scope="col">{m.sideA}</th>
            <th scope="col">{m.sideB}</th>
          </tr>
        </thead>
        <tbody>
          <Row name={m.lastScore} cells={[range(left, left.mean.length - 1), range(right, right.mean.length - 1)]} />
          <Row name={m.parametersOf} cells={[a, b].map((side) => count(side.parameters, language))} />
          <Row name={m.timeEach} cells={[a, b].map((side) => m.seconds(fixed(secondsEach(side), 2)))} />
          <Row
            name={m.seeds}
            cells={[a, b].map(({ trials }) => {
              const lost = trials.filter(({ divergence }) => divergence !== null).length;
              const own = trials.map(({ seed }) => seed).join(", ");
              return lost === 0 ? own : `${own} (${m.divergedSeeds(String(lost))})`;
            })}
          />
        </tbody>
      </table>
    </Figure>
  );
}

const secondsEach = ({ trials }: Side): number =>
  trials.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / (1000 * trials.length);

function Row({ name, cells }: { name: string; cells: readonly string[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {cells.map((cell, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cells of A and of B
        <td key={i} className="number">
          {cell}
        </td>
      ))}
    </tr>
  );
}

function SideTiles({ a, b }: { a: Side; b: Side }) {
  const m = useMessages(texts);
  const scale = Math.max(scaleOf(a.tiles!), scaleOf(b.tiles!));
  return (
    <Figure title={m.sidesFigure} code={trainCode.weights} caption={m.sidesCaption}>
      <div className="train-side-tiles">
        {[a, b].map((side, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: A and B
          <TilesOf key={i} side={side} name={i === 0 ? m.sideA : m.sideB} scale={scale} />
        ))}
      </div>
      <div className="train-readout">
        <ScaleBar scale={scale} />
      </div>
    </Figure>
  );
}

/** Four tiles beside each other: large enough to be looked at. */
const sideLayout = (units: number, values: Float32Array) => ({
  ...weightLayout(
    Array.from({ length: units }, (_, i) => i),
    values.length / units,
    true,
  ),
  columns: Math.min(4, units),
  rows: Math.ceil(units / 4),
});

function TilesOf({ side, name, scale }: { side: Side; name: string; scale: number }) {
  const m = useMessages(texts);
  const values = side.tiles!;
  const units = Math.min(TILES, side.settings.hidden[0]?.units ?? OUTPUTS);
  const paint = useCallback(
    (brush: Brush) => {
      paintWeights(sideLayout(units, values), values, scale, -1)(brush);
    },
    [values, units, scale],
  );
  const { columns, rows } = sideLayout(units, values);
  return (
    <div>
      <h3 className="train-sub">{name}</h3>
      <Canvas label={m.sideTiles(name, String(units))} ratio={columns / rows} paint={paint} />
    </div>
  );
}
