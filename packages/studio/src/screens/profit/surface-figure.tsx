import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { Canvas, type Point } from "../../components/canvas.tsx";
import { Select } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { brief, count, fixed, signed } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { axesOf, axisOf } from "./axes.ts";
import { profitCode } from "./code.ts";
import { type Place, paintSurface, placeAt, surfaceBox } from "./draw-surface.ts";
import { FitChoice } from "./fit-choice.tsx";
import type { LabInfo } from "./lab.ts";
import { columnName, digitsFor, inputName, targetName, targetUnit, unitOf, withUnit } from "./names.ts";
import { withNumber } from "./plan.ts";
import { Provenance } from "./provenance.tsx";
import type { Search } from "./search.ts";
import { texts } from "./texts.ts";
import { stepOf, usePlan, useRow, useSearch } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** The prediction over two inputs, with the rows, the bounds and the way of the search. */
export function SurfaceFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  const axes = axesOf(info, view);
  const title = m.surface.title(targetName(info, m));
  if (axes === undefined) {
    return (
      <Figure title={title}>
        <Notice>{m.surface.flat}</Notice>
      </Figure>
    );
  }
  const choices = info.numbers.map((_, i) => ({ id: String(i), label: inputName(info, i, m) }));
  return (
    <Figure
      title={title}
      code={profitCode.surface}
      tools={<FitChoice />}
      caption={<SurfaceCaption info={info} axes={axes} />}
    >
      {info.numbers.length > 2 && (
        <div className="row profit-axes">
          <Select
            label={m.surface.across}
            choices={choices}
            value={String(axes[0])}
            onChange={(i) => set({ across: Number(i), up: Number(i) === axes[1] ? axes[0] : axes[1] })}
          />
          <Select
            label={m.surface.up}
            choices={choices}
            value={String(axes[1])}
            onChange={(i) => set({ up: Number(i), across: Number(i) === axes[0] ? axes[1] : axes[0] })}
          />
        </div>
      )}
      <SurfaceMap info={info} axes={axes} />
    </Figure>
  );
}

/** Colours part at 0 where that means profit or loss, and at the mean elsewhere. */
const middleOf = ({ targetLow, targetHigh, targetMean }: LabInfo): number =>
  targetLow < 0 && targetHigh > 0 ? 0 : targetMean;

function SurfaceCaption({ info, axes }: { info: LabInfo; axes: readonly [number, number] }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { plan } = usePlan(info);
  const rows = count(Math.min(info.training, 1500), language);
  const middle = middleOf(info);
  const others = [
    ...info.numbers.flatMap((_, i) =>
      axes.includes(i)
        ? []
        : [`${inputName(info, i, m)} ${withUnit(brief(plan.numbers[i]!.start), unitOf(info, i, m))}`],
    ),
    ...info.levels.map(
      ({ name, levels }, k) => `${columnName(info, name, m)} ${columnName(info, levels[plan.levels[k]!]!, m)}`,
    ),
  ];
  return (
    <>
      {middle === 0 ? m.surface.caption(rows) : m.surface.captionMean(rows, brief(middle, 4))}
      {others.length > 0 && `${m.gap}${m.surface.others(others.join(m.comma))}`}
      <Provenance info={info} />
    </>
  );
}

function SurfaceMap({ info, axes: [across, up] }: { info: LabInfo; axes: readonly [number, number] }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { plan, start, change } = usePlan(info);
  const { search } = useSearch(info, view.fit);
  const { part, row } = useRow(info);
  const { data: rows } = useLive("profit/rows", { key: info.key, fit: view.fit, part }, { everyMs: 250 });
  const [spoken, setSpoken] = useState(false);
  const isDragging = useRef(false);
  const x = axisOf(info, plan, across);
  const y = axisOf(info, plan, up);
  const at = start.map((value, i) => (i === x.input || i === y.input ? 0 : value));
  const { data: surface, trouble } = useLive(
    "profit/surface",
    { key: info.key, fit: view.fit, x, y, at },
    { everyMs: 250 },
  );
  const width = info.inputNames.length;
  const numbers = [plan.numbers[across]!, plan.numbers[up]!] as const;
  const title = (i: number): string => {
    const unit = unitOf(info, i, m);
    return unit === "" ? inputName(info, i, m) : `${inputName(info, i, m)} (${unit})`;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: places and axes come from the plan
  const paint = useMemo(() => {
    if (!surface) return () => undefined;
    const isHere = search !== undefined && sameStart(search, start);
    const path: Place[] = isHere
      ? Array.from({ length: search.best + 1 }, (_, k) => [
          search.inputs[k * width + x.input]!,
          search.inputs[k * width + y.input]!,
        ])
      : [[start[x.input]!, start[y.input]!]];
    const step = isHere ? Math.min(stepOf(view, search), search.best) : 0;
    // Where the search ended well the gradient is (nearly) 0, and its direction means nothing.
    const isThere = isHere && step === search.best && ["flat", "target", "precision"].includes(search.reason);
    const best = isHere ? (search.truth?.best ?? null) : null;
    return paintSurface({
      ...{ surface, x, y, path, step },
      xTitle: title(across),
      yTitle: title(up),
      middle: middleOf(info),
      bounds:
        numbers[0].isKnob && numbers[1].isKnob
          ? [
              [numbers[0].low, numbers[1].low],
              [numbers[0].high, numbers[1].high],
            ]
          : null,
      slope:
        isHere && !isThere
          ? [
              slopeAt(search, step, width, x.input, numbers[0].isKnob),
              slopeAt(search, step, width, y.input, numbers[1].isKnob),
            ]
          : [0, 0],
      best: best && [best.inputs[x.input]!, best.inputs[y.input]!],
      row:
        rows && rows.size === info[part]
          ? [rows.inputs[row * width + x.input]!, rows.inputs[row * width + y.input]!]
          : null,
      words: { start: m.surface.start, found: m.surface.found, best: m.surface.best },
    });
  }, [surface, search, plan, view.step, rows, row, part, m, across, up]);

  const moveTo = ([u, v]: Place): void => {
    const round = (value: number, axis: { low: number; high: number }): number =>
      Number(value.toFixed(digitsFor(axis.low, axis.high)));
    change(withNumber(withNumber(plan, across, { start: round(u, x) }), up, { start: round(v, y) }));
  };
  const onPoint = ({ x: px, y: py, width: w, height: h }: Point): void => {
    setSpoken(false);
    moveTo(placeAt(surfaceBox(w, h), x, y, px, py));
  };
  const onKey = (event: KeyboardEvent): void => {
    const signs: Readonly<Record<string, Place>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowDown: [0, -1],
      ArrowUp: [0, 1],
    };
    const sign = signs[event.key];
    if (sign === undefined) return;
    event.preventDefault();
    const part = event.shiftKey ? 10 : 50;
    setSpoken(true);
    moveTo([
      clip(numbers[0].start + (sign[0] * (x.high - x.low)) / part, x),
      clip(numbers[1].start + (sign[1] * (y.high - y.low)) / part, y),
    ]);
  };
  const text = (i: number, value: number): string =>
    `${inputName(info, i, m)} ${withUnit(brief(value), unitOf(info, i, m))}`;
  const digits = digitsFor(info.targetLow, info.targetHigh);
  return (
    <div
      className="profit-surface"
      onPointerUp={() => {
        isDragging.current = false;
      }}
      onPointerCancel={() => {
        isDragging.current = false;
      }}
    >
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      <Canvas
        className="profit-map"
        label={m.surface.label(inputName(info, across, m), inputName(info, up, m))}
        ratio={1.2}
        paint={paint}
        onPoint={(point, event: PointerEvent) => {
          isDragging.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          onPoint(point);
        }}
        onHover={(point) => {
          if (point !== null && isDragging.current) onPoint(point);
        }}
        onKey={onKey}
      />
      <p className="visually-hidden" aria-live="polite">
        {spoken &&
          search !== undefined &&
          m.surface.live(
            text(across, numbers[0].start),
            text(up, numbers[1].start),
            withUnit(fixed(search.predictions[0]!, digits), targetUnit(info, m)),
            [across, up]
              .map((i) => m.surface.slope(inputName(info, i, m), signed(search.partials[info.numbers[i]!.at]!, 3)))
              .join(" "),
          )}
      </p>
    </div>
  );
}

const clip = (value: number, { low, high }: { low: number; high: number }): number =>
  Math.min(high, Math.max(low, value));

/** Whether a search is that of this start: while another one is under way the old one is not drawn. */
const sameStart = (search: Search, start: readonly number[]): boolean =>
  start.every((value, i) => Math.abs(value - search.inputs[i]!) <= 1e-9 * Math.max(1, Math.abs(value)));

/** Against the gradient of the loss, as the rule measures it; an input that stays does not go. */
function slopeAt({ gradients, scales }: Search, step: number, width: number, input: number, isKnob: boolean): number {
  return isKnob ? -gradients[step * width + input]! * (scales[input] ?? 1) ** 2 : 0;
}
