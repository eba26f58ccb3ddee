import { useMemo } from "react";
import { Chart, type Curve } from "../../components/chart.tsx";
import { Select } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { brief, fixed } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { axisOf } from "./axes.ts";
import { profitCode } from "./code.ts";
import { FitMark } from "./fit-mark.tsx";
import type { LabInfo } from "./lab.ts";
import { digitsFor, inputName, targetUnit, unitOf, withUnit } from "./names.ts";
import { Provenance } from "./provenance.tsx";
import { type FitName, fitNames } from "./table.ts";
import { texts } from "./texts.ts";
import { usePlan, useSearch } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** Predictions of both models along one input, and where a search with each of them ends. */
export function CompareFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  const { plan, start } = usePlan(info);
  const along = Math.max(0, Math.min(info.numbers.length - 1, Math.round(view.along)));
  const x = axisOf(info, plan, along);
  const at = start.map((value, i) => (i === x.input ? 0 : value));
  const { data, trouble } = useLive("profit/slice", { key: info.key, x, at }, { everyMs: 250 });
  const places = useMemo(() => data && Float64Array.from(data.x, (value) => Number(value.toPrecision(5))), [data]);
  const curves = useMemo((): Curve[] => {
    if (!data) return [];
    const all: Curve[] = [
      { label: m.fits.linear, values: data.linear, colour: "negative", dash: [7, 4], width: 2 },
      { label: m.fits.curved, values: data.curved, colour: "positive", width: 2 },
    ];
    if (data.truth !== null && view.reveal) {
      all.push({ label: m.compare.truth, values: data.truth, colour: "muted", dash: [2, 3], width: 2 });
    }
    return all;
  }, [data, m, view.reveal]);
  const name = inputName(info, along, m);
  return (
    <Figure
      title={m.compare.title}
      code={profitCode.compare}
      caption={
        <>
          <Words text={m.compare.caption} />
          <Provenance info={info} isBoth />
        </>
      }
      tools={
        info.numbers.length > 1 && (
          <Select
            label={m.compare.along}
            isLabelHidden
            choices={info.numbers.map((_, i) => ({ id: String(i), label: inputName(info, i, m) }))}
            value={String(along)}
            onChange={(i) => set({ along: Number(i) })}
          />
        )
      }
    >
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      {places && (
        <Chart
          label={m.compare.label(name)}
          xLabel={withUnit(name, unitOf(info, along, m) && `(${unitOf(info, along, m)})`)}
          x={places}
          curves={curves}
          height={220}
        />
      )}
      <ul className="profit-outcomes">
        {fitNames.map((fit) => (
          <Outcome key={fit} info={info} fit={fit} />
        ))}
      </ul>
    </Figure>
  );
}

function Outcome({ info, fit }: { info: LabInfo; fit: FitName }) {
  const m = useMessages(texts);
  const { plan } = usePlan(info);
  const { search } = useSearch(info, fit);
  if (search === undefined) return null;
  const width = info.inputNames.length;
  const { atBounds, reason, truth, best, inputs } = search;
  const money = (value: number): string =>
    withUnit(fixed(value, digitsFor(info.targetLow, info.targetHigh)), targetUnit(info, m));
  const really = truth === null ? "" : m.compare.really(money(truth.found));
  const list = (which: readonly number[]): string =>
    which
      .map((i) => {
        const value = inputs[best * width + info.numbers[i]!.at]!;
        return m.compare.bound(inputName(info, i, m), withUnit(brief(value, 4), unitOf(info, i, m)));
      })
      .join(m.comma);
  const turned = plan.numbers.flatMap(({ isKnob }, i) => (isKnob ? [i] : []));
  const text = (): string => {
    const model = m.fits[fit];
    if (atBounds.length > 0) {
      const bounds = list(atBounds.map(({ input }) => input));
      const isAll = fit === "linear" && atBounds.length === turned.length;
      return isAll ? m.compare.linearEnds(bounds, really) : m.compare.ends(model, bounds, really);
    }
    if (reason === "flat" || reason === "precision") return m.compare.inner(model, list(turned), really);
    return m.compare.other(model, m.result.reasons[reason]);
  };
  return (
    <li>
      <FitMark kind={fit} />
      <span>{text()}</span>
    </li>
  );
}
