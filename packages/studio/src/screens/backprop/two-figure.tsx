import { useCallback, useEffect, useMemo, useState } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Button, Segments, Select, Slider } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useTheme } from "../../components/theme.tsx";
import type { Brush, Paint } from "../../draw/brush.ts";
import { palettes } from "../../draw/palette.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, significant } from "../../i18n/numbers.ts";
import { useJob, useLive } from "../../worker/hooks.tsx";
import { backpropCode } from "./code.ts";
import { drawMark, looks, paintTwo, twoBox, weightsAt } from "./draw-two.ts";
import { useBackpropView } from "./stepper.tsx";
import { texts } from "./texts.ts";
import type { ProblemName, RacerName, Surface, Way } from "./two-weights.ts";

const STEPS = 60;
const HEIGHT = 420;
const RATE = { low: -3, high: 0.5, step: 0.05 };
/** Asked only when the start has come to rest for so long. */
const REST_MS = 120;
const PLAY_MS = 90;

const problemNames = ["line", "scales", "units"] as const satisfies readonly ProblemName[];
const racerNames = ["sgd", "momentum", "nesterov", "adam"] as const satisfies readonly RacerName[];
const starts: Readonly<Record<ProblemName, readonly [number, number]>> = {
  line: [-1, -1.4],
  scales: [-1.4, 1.6],
  units: [-0.5, 2.4],
};

/** A model with two weights: its whole loss, and how optimizers go down it. */
export function TwoWeightsFigure() {
  const m = useMessages(texts).two;
  const [view, setView] = useBackpropView();
  const problem = problemNames.find((name) => name === view.problem) ?? "scales";
  const [a, b] = starts[problem];
  const [first, second] = [view.first ?? a, view.second ?? b];
  const start = useMemo(() => [first, second] as const, [first, second]);
  const rate = Number((10 ** view.twoRate).toPrecision(2));
  const batch = view.batch === "few" ? "few" : "all";
  const step = Math.max(0, Math.min(STEPS, view.twoStep));
  const { data: surface, trouble } = useLive("backprop/surface", { problem });
  const [race, run] = useJob("backprop/race");
  const [isPlaying, setPlaying] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => run({ problem, start, rate, batch }), REST_MS);
    return () => clearTimeout(timer);
  }, [run, problem, start, rate, batch]);
  // The ways of before stay until the new ones are there, unless they belong to another landscape.
  const [kept, setKept] = useState<{ problem: ProblemName; ways: readonly Way[] }>({ problem, ways: [] });
  useEffect(() => {
    if (race.result) setKept({ problem, ways: race.result });
  }, [race.result, problem]);

  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setTimeout(() => {
      if (step >= STEPS) setPlaying(false);
      else setView({ twoStep: step + 1 });
    }, PLAY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, step, setView]);

  const hidden = useMemo(() => view.hidden.split(" "), [view.hidden]);
  const ways = useMemo(
    () => (kept.problem === problem ? kept.ways : []).filter(({ racer }) => !hidden.includes(racer)),
    [kept, problem, hidden],
  );
  const [across = "", up = ""] = m.axes[problem];
  const axes = useMemo(() => [across, up] as const, [across, up]);
  const { start: startWord, best } = m;
  const paint = useMemo<Paint>(
    () =>
      surface === undefined
        ? () => undefined
        : paintTwo({ surface, ways, step, start, axes, words: { start: startWord, best } }),
    [surface, ways, step, start, axes, startWord, best],
  );
  const place = (to: readonly [number, number], of: Surface): void => {
    const cut = (value: number, k: 0 | 1): number =>
      Number(Math.max(of.low[k], Math.min(of.high[k], value)).toFixed(2));
    setView({ first: cut(to[0], 0), second: cut(to[1], 1) });
  };
  const play = (): void => {
    if (!isPlaying && step >= STEPS) setView({ twoStep: 0 });
    setPlaying(!isPlaying);
  };
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    const letGo = (): void => setHeld(false);
    window.addEventListener("pointerup", letGo);
    return () => window.removeEventListener("pointerup", letGo);
  }, []);
  return (
    <Figure
      title={m.title}
      className="wide"
      code={backpropCode.two}
      caption={
        surface &&
        m.caption(
          `${significant(surface.best.loss, 3)} (${axes[0]} ${fixed(surface.best.first, 2)}, ${axes[1]} ${fixed(surface.best.second, 2)})`,
        )
      }
    >
      <p className="backprop-explain">{m.explain(<Term id="gradient-descent">{m.descent}</Term>)}</p>
      {(trouble ?? race.trouble) && <TroubleNotice trouble={(trouble ?? race.trouble)!} />}
      <div className="backprop-two">
        <Canvas
          label={`${m.label} ${m.startAt(fixed(first, 2), fixed(second, 2))}`}
          height={HEIGHT}
          paint={paint}
          className="backprop-two-canvas"
          onPoint={({ x, y, width }) => {
            if (surface === undefined) return;
            setHeld(true);
            place(weightsAt(surface, twoBox(width, HEIGHT), x, y), surface);
          }}
          onHover={(point) => {
            if (!isHeld || point === null || surface === undefined) return;
            place(weightsAt(surface, twoBox(point.width, HEIGHT), point.x, point.y), surface);
          }}
          onKey={(event) => {
            const by: Readonly<Record<string, readonly [number, number]>> = {
              ...{ ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] },
            };
            const move = by[event.key];
            if (move === undefined || surface === undefined) return;
            event.preventDefault();
            place([first + move[0], second + move[1]], surface);
          }}
        />
        <div className="stack">
          <Select
            label={m.problem}
            choices={problemNames.map((id) => ({ id, label: m.problems[id] }))}
            value={problem}
            onChange={(next) => setView({ problem: next, first: null, second: null })}
          />
          <p className="backprop-note">{m.notes[problem]}</p>
          <Slider
            label={m.rate}
            value={view.twoRate}
            min={RATE.low}
            max={RATE.high}
            step={RATE.step}
            onChange={(twoRate) => setView({ twoRate })}
            text={() => significant(rate, 2)}
          />
          <Segments
            label={m.batch}
            choices={[
              { id: "all", label: m.all },
              { id: "few", label: m.few },
            ]}
            value={batch}
            onChange={(next) => setView({ batch: next })}
          />
          <div className="backprop-two-steps">
            <Button icon={isPlaying ? "pause" : "play"} label={isPlaying ? m.pause : m.play} onPress={play} />
            <Slider
              label={m.step}
              value={step}
              min={0}
              max={STEPS}
              step={1}
              onChange={(twoStep) => {
                setPlaying(false);
                setView({ twoStep });
              }}
            />
          </div>
          <Standings
            ways={kept.problem === problem ? kept.ways : []}
            step={step}
            axes={axes}
            hidden={hidden}
            surface={surface}
            onToggle={(racer) => {
              const isHidden = hidden.includes(racer);
              const next = isHidden ? hidden.filter((name) => name !== racer) : [...hidden, racer];
              setView({ hidden: next.filter((name) => name !== "").join(" ") });
            }}
          />
          <p className="visually-hidden" aria-live="polite">
            {m.startAt(fixed(first, 2), fixed(second, 2))}
          </p>
        </div>
      </div>
    </Figure>
  );
}

interface StandingsProps {
  readonly ways: readonly Way[];
  readonly step: number;
  readonly axes: readonly [string, string];
  readonly hidden: readonly string[];
  readonly surface: Surface | undefined;
  readonly onToggle: (racer: RacerName) => void;
}

/** Where each optimizer is after the step that is shown. */
function Standings({ ways, step, axes, hidden, surface, onToggle }: StandingsProps) {
  const m = useMessages(texts).two;
  return (
    <table className="backprop-table backprop-standings">
      <caption className="visually-hidden">{m.table(String(step))}</caption>
      <thead>
        <tr>
          <th scope="col">{m.optimizer}</th>
          <th scope="col">{axes[0]}</th>
          <th scope="col">{axes[1]}</th>
          <th scope="col">{m.loss}</th>
        </tr>
      </thead>
      <tbody>
        {racerNames.map((racer) => {
          const way = ways.find((one) => one.racer === racer);
          const at = way === undefined ? 0 : Math.min(step, way.points.length / 2 - 1);
          const [u, v] = [way?.points[2 * at] ?? Number.NaN, way?.points[2 * at + 1] ?? Number.NaN];
          const isOver = way?.isDiverged === true && step > way.points.length / 2 - 1;
          const isOut =
            surface !== undefined &&
            (u < surface.low[0] || u > surface.high[0] || v < surface.low[1] || v > surface.high[1]);
          return (
            <tr key={racer}>
              <th scope="row">
                <label className="backprop-racer">
                  <input type="checkbox" checked={!hidden.includes(racer)} onChange={() => onToggle(racer)} />
                  <RacerKey racer={racer} />
                  {m.racers[racer]}
                </label>
              </th>
              <td className="number">{way === undefined ? "–" : significant(u, 3)}</td>
              <td className="number">{way === undefined ? "–" : significant(v, 3)}</td>
              <td className="number">
                {way === undefined ? "–" : significant(way.losses[at]!, 3)}
                {(isOver || isOut) && <span className="backprop-wrong"> {isOver ? m.diverged : m.outside}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The line and the mark by which an optimizer is known. */
function RacerKey({ racer }: { racer: RacerName }) {
  const theme = useTheme();
  const { colour, dash } = looks[racer];
  const ink = palettes[theme][colour];
  const paint = useCallback(
    (brush: Brush) => {
      const { context, palette, width, height } = brush;
      context.strokeStyle = palette[colour];
      context.fillStyle = palette[colour];
      context.lineWidth = 2;
      context.setLineDash([...dash]);
      context.beginPath();
      context.moveTo(0, height / 2);
      context.lineTo(width, height / 2);
      context.stroke();
      context.setLineDash([]);
      drawMark(brush, looks[racer].mark, width / 2, height / 2, 4);
    },
    [racer, colour, dash],
  );
  return (
    <span className="backprop-racer-key" aria-hidden="true" style={{ color: ink }}>
      <Canvas label="" height={14} paint={paint} />
    </span>
  );
}
