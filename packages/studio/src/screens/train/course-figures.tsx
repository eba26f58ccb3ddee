import { useMemo } from "react";
import { Chart, type Curve } from "../../components/chart.tsx";
import { Slider, Switch } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent, significant } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import type { Info } from "../../worker/protocol.ts";
import { useView } from "../../workspace/hooks.tsx";
import { trainCode } from "./code.ts";
import type { Course } from "./course.ts";
import { finiteOrNull, mergeCourse } from "./merge.ts";
import { texts } from "./texts.ts";
import { trainView } from "./view.ts";

/** Points of a curve: about one for each pixel or two. */
const POINTS = 320;

/** Losses and accuracies: their numbers now, and their curves. */
export function CourseFigures({ info }: { info: Info }) {
  const hasClasses = info.model.classNames !== null;
  const m = useMessages(texts);
  const language = useLanguage();
  const [{ isLog, smooth }, setView] = useView("train", trainView);
  const beta = Math.max(0, Math.min(0.98, smooth));
  const { data, trouble } = useLive("train/course", { points: POINTS, smooth: beta }, { everyMs: 250 });
  const merged = useMemo(() => (data === undefined ? undefined : mergeCourse(data)), [data]);
  const losses = useMemo<readonly Curve[]>(
    () =>
      merged === undefined
        ? []
        : [
            { label: m.batchLoss, values: merged.batch, colour: "muted", width: 0.75 },
            ...(beta > 0
              ? [{ label: m.smoothLoss, values: merged.smooth, colour: "positive", width: 2 } as const]
              : []),
            { label: m.trainingLoss, values: merged.training, colour: "update", width: 2, dash: [2, 3] },
            { label: m.validationLoss, values: merged.validation, colour: "negative", width: 2, dash: [8, 4] },
          ],
    [merged, m, beta],
  );
  const accuracies = useMemo<readonly Curve[]>(
    () =>
      data === undefined
        ? []
        : [
            {
              label: m.trainingAccuracy,
              values: finiteOrNull(data.epochs.trainingAccuracy),
              colour: "update",
              width: 2,
              dash: [2, 3],
            },
            {
              label: m.validationAccuracy,
              values: finiteOrNull(data.epochs.validationAccuracy),
              colour: "negative",
              width: 2,
              dash: [8, 4],
            },
          ],
    [data, m],
  );
  const isEmpty = merged === undefined || merged.x.length === 0;
  return (
    <>
      {trouble && <TroubleNotice trouble={trouble} />}
      <Numbers course={data} hasClasses={hasClasses} />
      <Figure
        title={m.lossFigure}
        code={trainCode.course}
        caption={isEmpty ? undefined : m.courseCaption(count(data?.stepsPerPoint ?? 1, language))}
        className="train-loss"
        tools={
          <Switch isSelected={isLog} onChange={(next) => setView({ isLog: next })}>
            {m.log}
          </Switch>
        }
      >
        {isEmpty ? (
          <p className="train-empty">
            {m.notYet} {info.model.origin !== "settings" && m.trained}
          </p>
        ) : (
          <>
            <Chart label={m.lossFigure} xLabel={m.step} x={merged.x} curves={losses} height={220} isLog={isLog} />
            <div className="train-smooth">
              <Slider
                label={m.smooth}
                value={beta}
                min={0}
                max={0.98}
                step={0.02}
                onChange={(next) => setView({ smooth: next })}
                text={(x) => fixed(x, 2)}
              />
            </div>
          </>
        )}
      </Figure>
      <Figure title={m.accuracyFigure} code={trainCode.course} className="train-accuracy">
        {!hasClasses ? (
          <p className="train-empty">{m.noClasses}</p>
        ) : data === undefined || data.epochs.step.length === 0 ? (
          <p className="train-empty">{m.notYet}</p>
        ) : (
          <Chart label={m.accuracyFigure} xLabel={m.step} x={data.epochs.step} curves={accuracies} height={220} />
        )}
      </Figure>
    </>
  );
}

/** The latest numbers, each with the step it is from. */
function Numbers({ course, hasClasses }: { course: Course | undefined; hasClasses: boolean }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const last = course?.last;
  const batch = course?.lastLoss ?? undefined;
  const whole = (n: number): string => count(n, language);
  const of = last ? m.atEpoch(whole(last.epoch), whole(last.step)) : "";
  const share = (x: number | undefined): string => (x === undefined ? "–" : percent(x, 2));
  const loss = (x: number | undefined): string => (x === undefined ? "–" : significant(x, 4));
  const items: readonly (readonly [name: string, value: string, from: string])[] = [
    [m.batchLoss, loss(batch), batch === undefined ? "" : m.beforeStep(whole(course!.step))],
    [m.trainingLoss, loss(last?.training?.loss), of],
    [m.validationLoss, loss(last?.validation?.loss), of],
    ...(hasClasses
      ? [
          [m.trainingAccuracy, share(last?.training?.accuracy), of] as const,
          [m.validationAccuracy, share(last?.validation?.accuracy), of] as const,
        ]
      : []),
  ];
  return (
    <dl className="train-numbers" aria-label={m.now}>
      {items.map(([name, value, from]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="number">{value}</dd>
          <dd className="train-from">{from}</dd>
        </div>
      ))}
    </dl>
  );
}
