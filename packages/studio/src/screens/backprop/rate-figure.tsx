import { useMemo } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Button, Slider } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, significant } from "../../i18n/numbers.ts";
import { useConfigure, useInfo, useLive } from "../../worker/hooks.tsx";
import { backpropCode } from "./code.ts";
import { paintRate, powerAt, rateBox } from "./draw-rate.ts";
import { EVERY_MS, useBackpropView, useStepper } from "./stepper.tsx";
import { texts } from "./texts.ts";

const LOW = -6;
const HIGH = 2;
const STEP = 0.02;
const HEIGHT = 216;

/** Rates are given with three digits, so that what is printed is what is used. */
const rateOf = (power: number): number => Number((10 ** power).toPrecision(3));

/** The loss after this step, for any rate. */
export function RateFigure() {
  const m = useMessages(texts);
  const language = useLanguage();
  const info = useInfo();
  const configure = useConfigure();
  const { question } = useStepper();
  const [view, setView] = useBackpropView();
  const { data: curve, trouble } = useLive("backprop/rates", { question }, { everyMs: 2 * EVERY_MS });
  const power = view.rate ?? Math.log10(curve?.rate ?? 1e-3);
  const rate = view.rate === null ? (curve?.rate ?? 1e-3) : rateOf(view.rate);
  const { data: after } = useLive("backprop/lossAt", { question, rate }, { everyMs: EVERY_MS });
  const { now, set } = m.rates;
  const axis = m.rates.axisRate;
  const paint = useMemo(
    () => (curve ? paintRate({ curve, rate, after: after ?? null, words: { now, set, rate: axis } }) : () => undefined),
    [curve, rate, after, now, set, axis],
  );
  const move = (to: number): void => setView({ rate: Math.max(LOW, Math.min(HIGH, Math.round(to / STEP) * STEP)) });
  const best = useMemo(() => {
    if (curve === undefined) return null;
    let found = 0;
    for (const [i, loss] of curve.losses.entries()) if (loss < curve.losses[found]!) found = i;
    return curve.rates[found]!;
  }, [curve]);
  const change = curve === undefined || after === undefined ? null : after - curve.loss;
  const settings = info?.settings;
  return (
    <Figure
      title={m.rates.title}
      code={backpropCode.rates}
      caption={
        curve && m.rates.provenance(m.rates.optimizers[settings?.optimizer.kind ?? "sgd"], count(curve.steps, language))
      }
    >
      <p className="backprop-explain">{m.rates.explain(<Term id="learning-rate">{m.words.rate}</Term>)}</p>
      {trouble && <TroubleNotice trouble={trouble} />}
      <Canvas
        label={m.rates.label}
        height={HEIGHT}
        paint={paint}
        onPoint={({ x, width }) => curve && move(powerAt(curve, rateBox(width, HEIGHT), x))}
        onKey={(event) => {
          const steps: Readonly<Record<string, number>> = {
            ...{ ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -0.5, PageUp: 0.5 },
          };
          const to = event.key === "Home" ? LOW : event.key === "End" ? HIGH : power + (steps[event.key] ?? Number.NaN);
          if (Number.isNaN(to)) return;
          event.preventDefault();
          move(to);
        }}
      />
      <Slider
        label={m.rates.slider}
        value={power}
        min={LOW}
        max={HIGH}
        step={STEP}
        onChange={move}
        text={() => significant(rate, 3)}
      />
      <dl className="backprop-reading" aria-live="polite">
        <div>
          <dt>{m.rates.now}</dt>
          <dd className="number">{curve ? significant(curve.loss, 4) : "–"}</dd>
        </div>
        <div>
          <dt>{m.rates.after}</dt>
          <dd className="number">{after === undefined ? "–" : significant(after, 4)}</dd>
        </div>
        <div>
          <dt>{m.rates.change}</dt>
          <dd className={`number ${change !== null && change > 0 ? "backprop-wrong" : "backprop-right"}`}>
            {change === null ? "–" : `${change > 0 ? "+" : ""}${significant(change, 3)}`}
          </dd>
        </div>
        <div>
          <dt>{m.rates.best}</dt>
          <dd className="number">{best === null ? "–" : significant(best, 2)}</dd>
        </div>
      </dl>
      {after !== undefined && !Number.isFinite(after) && <p className="backprop-wrong">{m.rates.diverges}</p>}
      <div className="row backprop-buttons">
        <Button kind="quiet" isDisabled={best === null} onPress={() => best !== null && move(Math.log10(best))}>
          {m.rates.toBest}
        </Button>
        <Button kind="quiet" isDisabled={view.rate === null} onPress={() => setView({ rate: null })}>
          {m.rates.toSet}
        </Button>
        <Button
          isDisabled={settings === undefined || view.rate === null}
          onPress={() =>
            settings && void configure({ ...settings, schedule: { ...settings.schedule, rate } }, m.rates.taken)
          }
        >
          {m.rates.take}
        </Button>
      </div>
    </Figure>
  );
}
