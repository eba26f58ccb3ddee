import { type KeyboardEvent, useCallback, useEffect } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Button, Segments } from "../../components/controls.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import type { Brush } from "../../draw/brush.ts";
import { drawGrey } from "../../draw/tiles.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent } from "../../i18n/numbers.ts";
import { useJob, useStatus } from "../../worker/hooks.tsx";
import { useSelection } from "../../workspace/hooks.tsx";
import { classAt, drawClasses } from "./draw-classes.ts";
import type { Neuron } from "./neuron.ts";
import type { OverData } from "./over-data.ts";
import { useMicroscopeView, useScope } from "./scope.tsx";
import { texts } from "./texts.ts";

/** The data are gone over when the reader has rested on a neuron for so long. */
const REST_MS = 180;

/** How strongly the data activate the neuron: by class, and the examples at both ends. */
export function OverDataView({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { info, layer, unit } = useScope();
  const [view, setView] = useMicroscopeView();
  const [{ result, progress, trouble, isRunning }, start] = useJob("microscope/overData");
  const isTraining = useStatus((status) => status !== undefined && status.running !== null);
  // While training the data are not gone over; a pause is a reason to look again.
  const revision = useStatus((status) => (status === undefined || status.running !== null ? -1 : status.revision));
  const now = useStatus((status) => status?.step ?? 0);
  const hasValidation = (info?.data.validation ?? 0) > 0;
  const part = view.part === "training" || !hasValidation ? "training" : "validation";
  const path = layer?.path;
  const isWanted = revision >= 0 || result === undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision is a reason to look again
  useEffect(() => {
    if (path === undefined || !isWanted) return undefined;
    const timer = setTimeout(() => start({ layer: path, unit, part }), REST_MS);
    return () => clearTimeout(timer);
  }, [path, unit, part, isWanted, revision, start]);
  if (trouble !== undefined) return <TroubleNotice trouble={trouble} />;
  const isOf = result !== undefined && result.layer === path && result.unit === unit && result.part === part;
  return (
    <div className="stack">
      <div className="row microscope-tools">
        <Segments
          label={m.data.part}
          isLabelHidden
          choices={(["validation", "training"] as const)
            .filter((id) => id === "training" || hasValidation)
            .map((id) => ({ id, label: m.from[id] }))}
          value={part}
          onChange={(next) => setView({ part: next })}
        />
        {isRunning && progress !== undefined && (
          <span className="muted number" role="status">
            {m.data.progress(count(progress.done, language), count(progress.of, language))}
          </span>
        )}
        {isTraining && isOf && result.step !== now && (
          <Button onPress={() => start({ layer: result.layer, unit, part })}>{m.data.again}</Button>
        )}
      </div>
      {result === undefined ? (
        <p className="muted">{m.opening}</p>
      ) : (
        <div className={isOf ? "stack" : "stack microscope-old"} aria-busy={!isOf}>
          {isOf && result.step !== now && (
            <p className="microscope-note">{m.data.stale(count(result.step, language))}</p>
          )}
          {result.min === 0 && result.max === 0 && <Notice kind="warning">{m.data.dead}</Notice>}
          <div className="microscope-data">
            <div className="stack">
              <p className="number">
                {m.data.active(percent(result.activeShare))};{" "}
                {m.data.spread(fixed(result.mean, 3), fixed(result.std, 3))}.
              </p>
              {result.classMeans !== undefined && <Classes found={result} value={neuron.value} />}
            </div>
            <div className="stack">
              <Examples found={result} end="top" />
              <Examples found={result} end="bottom" />
            </div>
          </div>
          <p className="figure-caption">{m.data.caption(count(result.size, language), count(result.step, language))}</p>
        </div>
      )}
    </div>
  );
}

/** A line of bars for each class. */
function Classes({ found, value }: { found: OverData; value: number }) {
  const m = useMessages(texts);
  const { info } = useScope();
  const [{ classIndex }, select] = useSelection();
  const { edges, byClass } = found.histogram;
  const means = found.classMeans!;
  const names = info?.data.classNames ?? info?.model.classNames ?? Array.from(means, (_, i) => String(i));
  const paint = useCallback(
    (brush: Brush) =>
      drawClasses(brush, {
        ...{ names, edges, means, value },
        counts: byClass!,
        selected: classIndex,
        meanTitle: m.data.mean,
      }),
    [names, edges, byClass, means, classIndex, value, m],
  );
  if (byClass === undefined || names.length !== means.length) return null;
  const order = Array.from(means, (_, i) => i)
    .filter((i) => Number.isFinite(means[i]!))
    .sort((a, b) => means[b]! - means[a]!);
  const [best, worst] = [order[0] ?? 0, order.at(-1) ?? 0];
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = classIndex === null ? (step > 0 ? 0 : names.length - 1) : classIndex + step;
    select({ classIndex: Math.max(0, Math.min(names.length - 1, next)), versus: null });
  };
  return (
    <div>
      <Canvas
        label={m.data.label(names[best]!, fixed(means[best]!, 3), names[worst]!, fixed(means[worst]!, 3))}
        height={38 + 25 * names.length}
        paint={paint}
        onPoint={({ y, height }) => {
          const found = classAt(names.length, y, height);
          if (found !== null) select({ classIndex: found === classIndex ? null : found, versus: null });
        }}
        onKey={onKey}
      />
      <table className="visually-hidden">
        <caption>{m.data.table}</caption>
        <thead>
          <tr>
            <th scope="col">{m.data.className}</th>
            <th scope="col">{m.data.mean}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{fixed(means[i]!, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The examples at one end, to be looked at. */
function Examples({ found, end }: { found: OverData; end: "top" | "bottom" }) {
  const m = useMessages(texts);
  const { info } = useScope();
  const [{ example: chosen }, select] = useSelection();
  const shape = info?.data.inputShape ?? [];
  const size = shape.reduce((all, n) => all * n, 1);
  const first = end === "top" ? 0 : found.top.length;
  const names = info?.data.classNames;
  const isPicture = shape.length >= 2;
  return (
    <section>
      <h3 className="microscope-subtitle">{m.data[end]}</h3>
      <ul className={isPicture ? "microscope-examples" : "microscope-examples microscope-examples-plain"}>
        {found[end].map(({ index, value, classIndex }, i) => {
          const name = classIndex === undefined ? null : (names?.[classIndex] ?? String(classIndex));
          const label = m.data.example(String(index), name === null ? "" : m.data.ofClass(name), fixed(value, 2));
          const isChosen = chosen.from === found.part && chosen.index === index;
          return (
            <li key={index}>
              <button
                type="button"
                aria-label={label}
                aria-pressed={isChosen}
                title={label}
                onClick={() => select({ example: { from: found.part, index } })}
              >
                {isPicture && (
                  <Thumb pictures={found.pictures} at={(first + i) * size} size={size} width={shape.at(-1)!} />
                )}
                <span className="number">{isPicture ? fixed(value, 2) : label}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Thumb({ pictures, at, size, width }: { pictures: Float32Array; at: number; size: number; width: number }) {
  const paint = useCallback(
    (brush: Brush) => {
      const values = pictures.subarray(at, at + size).map((v) => v / 255);
      drawGrey(brush, values, width, { x: 0, y: 0, width: brush.width, height: brush.height });
    },
    [pictures, at, size, width],
  );
  return (
    <span aria-hidden="true">
      <Canvas label="" height={44} paint={paint} />
    </span>
  );
}
