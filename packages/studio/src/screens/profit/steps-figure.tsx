import { useEffect, useState } from "react";
import { Button, Slider } from "../../components/controls.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Figure } from "../../components/figure.tsx";
import { Icon } from "../../components/icon.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, signed, significant } from "../../i18n/numbers.ts";
import { profitCode } from "./code.ts";
import type { LabInfo } from "./lab.ts";
import { digitsFor, inputName, shortName, targetUnit, unitOf, withUnit } from "./names.ts";
import { Provenance } from "./provenance.tsx";
import { Scroll } from "./scroll.tsx";
import type { Search } from "./search.ts";
import { texts } from "./texts.ts";
import { stepOf, usePlan, useSearch } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** How long a step stays while they are played. */
const STEP_MS = 220;

/** Every step with every partial derivative; one of them opened input by input. */
export function StepsFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { search } = useSearch(info, view.fit);
  return (
    <Figure
      title={m.steps.title}
      className="wide"
      code={profitCode.search}
      caption={
        <>
          <Words text={m.steps.caption} />
          <Provenance info={info} />
        </>
      }
    >
      {search !== undefined && (
        <div className="stack">
          <Player search={search} />
          <StepTable info={info} search={search} />
          <StepDetail info={info} search={search} />
        </div>
      )}
    </Figure>
  );
}

function Player({ search }: { search: Search }) {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  const [isPlaying, setPlaying] = useState(false);
  const last = search.steps - 1;
  const step = stepOf(view, search);
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setTimeout(() => {
      if (step >= last) setPlaying(false);
      else set({ step: step + 1 });
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, step, last, set]);
  const go = (to: number): void => {
    setPlaying(false);
    set({ step: Math.max(0, Math.min(last, to)) });
  };
  const play = (): void => {
    if (isPlaying) {
      setPlaying(false);
      return;
    }
    if (step >= last) set({ step: 0 });
    setPlaying(true);
  };
  return (
    <div className="row profit-player">
      <Button kind="primary" icon={isPlaying ? "pause" : "play"} isDisabled={last === 0} onPress={play}>
        {isPlaying ? m.steps.pause : m.steps.play}
      </Button>
      <Button icon="reset" isDisabled={step === 0} onPress={() => go(0)}>
        {m.steps.toStart}
      </Button>
      <Button icon="step" isDisabled={step >= last} onPress={() => go(step + 1)}>
        {m.steps.forward}
      </Button>
      <Button icon="forward" isDisabled={step >= last} onPress={() => go(last)}>
        {m.steps.toEnd}
      </Button>
      <div className="profit-slider">
        <Slider
          label={m.steps.slider}
          value={step}
          min={0}
          max={Math.max(1, last)}
          step={1}
          isDisabled={last === 0}
          onChange={go}
          text={(k) => m.steps.at(String(k), String(last))}
        />
      </div>
    </div>
  );
}

function StepTable({ info, search }: { info: LabInfo; search: Search }) {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  const { plan } = usePlan(info);
  const width = info.inputNames.length;
  const digits = digitsFor(info.targetLow, info.targetHigh) + 1;
  const columns: Column[] = [
    {
      id: "step",
      title: m.steps.step,
      align: "right",
      width: "3rem",
      cell: (k) =>
        search.outside[k] === 1 ? (
          <span title={m.result.outside} className="profit-outside">
            <Icon name="warning" size={14} />
            <span className="visually-hidden">{m.steps.outside}</span> {k}
          </span>
        ) : (
          k
        ),
    },
    ...plan.numbers.flatMap(({ isKnob, low, high }, i): Column[] =>
      isKnob
        ? [
            {
              id: `x ${i}`,
              title: shortName(info, i, m),
              align: "right",
              width: "minmax(5.6rem, 1fr)",
              cell: (k) => fixed(search.inputs[k * width + i]!, Math.min(4, digitsFor(low, high) + 1)),
            },
          ]
        : [],
    ),
    {
      id: "predicted",
      title: m.steps.predicted,
      align: "right",
      width: "minmax(4.8rem, 1fr)",
      cell: (k) => fixed(search.predictions[k]!, digits),
    },
    {
      id: "loss",
      title: m.steps.loss,
      align: "right",
      width: "minmax(5.4rem, 1fr)",
      cell: (k) => significant(search.losses[k]!, 6),
    },
    {
      id: "rate",
      title: m.steps.rate,
      align: "right",
      width: "minmax(5rem, 1fr)",
      cell: (k) => significant(search.stepSizes[k]!, 3),
    },
    ...info.inputNames.map(
      (name, i): Column => ({
        id: `partial ${name}`,
        title: m.steps.partial(shortName(info, i, m)),
        align: "right",
        width: "minmax(5.4rem, 1fr)",
        cell: (k) => signed(search.partials[k * width + i]!, 4),
      }),
    ),
  ];
  return (
    <Scroll label={m.steps.title}>
      <div style={{ minWidth: `${4 + 6 * (columns.length - 1)}rem` }}>
        <DataTable
          label={m.steps.title}
          columns={columns}
          rowCount={search.steps}
          height={Math.min(8, search.steps) * 26}
          selected={stepOf(view, search)}
          onSelect={(step) => set({ step })}
        />
      </div>
    </Scroll>
  );
}

function StepDetail({ info, search }: { info: LabInfo; search: Search }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { plan } = usePlan(info);
  const step = stepOf(view, search);
  const width = info.inputNames.length;
  const isLast = step >= search.steps - 1;
  return (
    <Scroll label={m.steps.detail}>
      <table className="profit-table">
        <caption>
          {m.steps.detail} · {m.steps.at(String(step), String(search.steps - 1))} · η ={" "}
          {significant(search.stepSizes[step]!, 4)} · {m.steps.predicted}{" "}
          {withUnit(fixed(search.predictions[step]!, 4), targetUnit(info, m))}
        </caption>
        <thead>
          <tr>
            <th scope="col">{m.plan.input}</th>
            <th scope="col" className="is-number">
              {m.steps.value}
            </th>
            <th scope="col" className="is-number">
              {m.steps.slope}
            </th>
            <th scope="col" className="is-number">
              {m.steps.gradient}
            </th>
            <th scope="col" className="is-number">
              {m.steps.move}
            </th>
            <th scope="col" className="is-number">
              {m.steps.next}
            </th>
          </tr>
        </thead>
        <tbody>
          {info.inputNames.map((name, i) => {
            const at = step * width + i;
            const isKnob = i < plan.numbers.length && plan.numbers[i]!.isKnob;
            const unit = unitOf(info, i, m);
            return (
              <tr key={name}>
                <th scope="row">
                  {inputName(info, i, m)}
                  {unit !== "" && <span className="muted"> {unit}</span>}
                </th>
                <td className="is-number">{fixed(search.inputs[at]!, i < plan.numbers.length ? 4 : 0)}</td>
                <td className="is-number">{signed(search.partials[at]!, 5)}</td>
                <td className="is-number">{significant(search.gradients[at]!, 5)}</td>
                {isKnob ? (
                  <>
                    <td className="is-number">{isLast ? m.none : signed(search.moves[at]!, 5)}</td>
                    <td className="is-number">{isLast ? m.none : fixed(search.inputs[at + width]!, 4)}</td>
                  </>
                ) : (
                  <td colSpan={2} className="is-number muted">
                    {m.steps.stays}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
