import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Canvas, type CanvasHandle } from "../../components/canvas.tsx";
import { Segments, Select } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { useReducedMotion, useTheme } from "../../components/theme.tsx";
import type { Paint } from "../../draw/brush.ts";
import { css, divergingRgb, palettes, scaleOf } from "../../draw/palette.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, signed, significant } from "../../i18n/numbers.ts";
import type { LayerWeights } from "../../worker/core/weights.ts";
import { useLive, useUnit, useWatch } from "../../worker/hooks.tsx";
import type { Info, Trouble } from "../../worker/protocol.ts";
import { useSelection, useView } from "../../workspace/hooks.tsx";
import { trainCode } from "./code.ts";
import { paintWeights, placeAfter, placeAt, ratioOf, shownUnits, weightLayout } from "./paint-weights.ts";
import { texts } from "./texts.ts";
import { trainView } from "./view.ts";

const paintNothing: Paint = () => undefined;

/** The weights of a layer as they form: as they are, or their signed change since a step. */
export function WeightsFigure({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const isStill = useReducedMotion();
  const [view, setView] = useView("train", trainView);
  const [, select] = useSelection();
  const chosen = useUnit();
  const { data: steps = [] } = useLive("core/keptSteps", undefined, { everyMs: 1000 });
  const canvas = useRef<CanvasHandle>(null);
  const [shown, setShown] = useState<Shown | undefined>(undefined);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const latest = useRef<LayerWeights | undefined>(undefined);
  const path = chosen?.layer.path;
  const unit = chosen?.unit ?? 0;
  const isFirst = path === info.model.layers[0]?.path;
  const { outFeatures = 1, inFeatures = 1 } = chosen?.layer ?? {};
  const isPicture = isFirst && info.data.columns === null && info.data.inputShape.length > 1;
  const page = Math.floor(unit / 128);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the units change with their page only
  const units = useMemo(() => shownUnits(unit, outFeatures), [page, outFeatures]);
  const layout = useMemo(() => weightLayout(units, inFeatures, isPicture), [units, inFeatures, isPicture]);
  const isChange = view.mode === "change";
  const since = steps.findLast((kept) => kept <= view.since) ?? 0;

  const show = useRef<(weights: LayerWeights) => void>(() => undefined);
  show.current = (weights) => {
    latest.current = weights;
    const scale = scaleOf(weights.weights);
    canvas.current?.redraw(paintWeights(layout, weights.weights, scale, unit));
    setShown((before) => {
      const next = readoutOf(weights, unit, scale);
      return before !== undefined && JSON.stringify(before) === JSON.stringify(next) ? before : next;
    });
  };
  useWatch(
    "core/weights",
    path === undefined ? null : { layer: path, units, ...(isChange && { since }) },
    ({ data, trouble: fault }) => {
      setTrouble(fault);
      if (data !== undefined) show.current(data);
    },
    { everyMs: isStill ? 1000 : 160 },
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another unit is framed at once, not with the next answer
  useEffect(() => {
    if (latest.current?.layer === path && latest.current !== undefined) show.current(latest.current);
  }, [unit, path]);

  if (chosen === undefined) return null;
  const places = [count(units.length, language), count(outFeatures, language)] as const;
  const choose = (at: number | undefined): void => {
    if (at !== undefined) select({ layer: chosen.layer.path, unit: units[at]! });
  };
  const onKey = (event: KeyboardEvent): void => {
    const next = placeAfter(layout, units.indexOf(unit), event.key);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  };
  const label = (isPicture ? m.tilesLabel : m.matrixLabel)(...places, chosen.layer.path);
  const step = count(shown?.step ?? 0, language);
  const caption = isChange
    ? m.changeCaption(...places, step, count(shown?.since ?? since, language))
    : m.tilesCaption(...places, step);
  return (
    <Figure title={m.weightsFigure} code={trainCode.weights} caption={caption} className="train-weights">
      {trouble && <TroubleNotice trouble={trouble} />}
      <div className="train-tools">
        <LayerSelect info={info} />
        <Segments
          label={m.mode}
          choices={(["weights", "change"] as const).map((id) => ({ id, label: m.modes[id] }))}
          value={isChange ? "change" : "weights"}
          onChange={(mode) => setView({ mode })}
        />
        {isChange && (
          <Select
            label={m.since}
            choices={steps.map((kept) => ({ id: String(kept), label: count(kept, language) }))}
            value={String(since)}
            onChange={(next) => setView({ since: Number(next) })}
          />
        )}
      </div>
      <Canvas
        ref={canvas}
        label={label}
        ratio={ratioOf(layout)}
        paint={paintNothing}
        onPoint={({ x, y, width, height }) => choose(placeAt(layout, x, y, width, height))}
        onKey={onKey}
      />
      <div className="train-readout">
        {shown && <ScaleBar scale={shown.scale} />}
        {shown && (
          <p className="number" aria-live="polite">
            <strong>{m.unitReadout(count(unit, language))}</strong> {m.most} {signed(shown.most, 4)}, {m.least}{" "}
            {signed(shown.least, 4)}, {m.bias} {signed(shown.bias, 4)}
          </p>
        )}
      </div>
    </Figure>
  );
}

interface Shown {
  readonly scale: number;
  readonly step: number;
  readonly since: number | null;
  readonly most: number;
  readonly least: number;
  readonly bias: number;
}

function readoutOf(
  { weights, units, biases, inFeatures, step, since }: LayerWeights,
  unit: number,
  scale: number,
): Shown {
  const at = Math.max(0, units.indexOf(unit));
  const own = weights.subarray(at * inFeatures, (at + 1) * inFeatures);
  let most = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (const w of own) {
    if (w > most) most = w;
    if (w < least) least = w;
  }
  return { scale, step, since, most, least, bias: biases[at] ?? 0 };
}

/** Which layer is shown, here and on every screen. */
export function LayerSelect({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const [, select] = useSelection();
  const chosen = useUnit();
  return (
    <Select
      label={m.layer}
      choices={info.model.layers.map(({ path, outFeatures }, i) => ({
        id: path,
        label: m.layerName(String(i + 1), count(outFeatures, language), path),
      }))}
      value={chosen?.layer.path ?? ""}
      onChange={(layer) => select({ layer, unit: 0 })}
    />
  );
}

const SWATCHES = [-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1];

/** What the colours mean, with signs. */
export function ScaleBar({ scale }: { scale: number }) {
  const m = useMessages(texts);
  const palette = palettes[useTheme()];
  const end = significant(scale, 3);
  return (
    <div className="train-scale" role="img" aria-label={`${m.scale}: −${end}, 0, +${end}`}>
      <span className="number" aria-hidden="true">{`−${end}`}</span>
      {SWATCHES.map((x) => (
        <span key={x} className="train-swatch" style={{ background: css(divergingRgb(palette, x)) }} />
      ))}
      <span className="number" aria-hidden="true">{`+${end}`}</span>
    </div>
  );
}
