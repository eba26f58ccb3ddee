import { type KeyboardEvent, useCallback, useMemo, useState } from "react";
import { Canvas, type Point } from "../../components/canvas.tsx";
import { Button } from "../../components/controls.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import { Value } from "../../components/value.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent } from "../../i18n/numbers.ts";
import { useSelection, useWorkspace } from "../../workspace/hooks.tsx";
import { agreement } from "./agreement.ts";
import { drawUnits, layoutUnits, unitAt } from "./draw-units.ts";
import type { Neuron } from "./neuron.ts";
import { useScope } from "./scope.tsx";
import { texts } from "./texts.ts";
import { useWidth } from "./use-width.ts";

/** Why there is nothing to look at, and what to do; nothing where there is. */
export function Missing() {
  const m = useMessages(texts);
  const { params, trouble, info, neuron } = useScope();
  const workspace = useWorkspace();
  const [{ example }, select] = useSelection();
  if (trouble !== undefined) {
    return (
      <div className="stack">
        <TroubleNotice trouble={trouble} />
        {example.from !== "drawing" && example.index === 0 ? null : (
          <div className="row">
            <Button onPress={() => select({ example: { from: "validation", index: 0 } })}>{m.firstExample}</Button>
          </div>
        )}
      </div>
    );
  }
  if (params === null && info !== undefined) {
    return (
      <div className="stack">
        <Notice>{m.nothingDrawn}</Notice>
        <div className="row">
          <Button onPress={() => select({ example: { from: "validation", index: 0 } })}>{m.takeDigit}</Button>
          <Button onPress={() => workspace.open("draw")}>{m.toDraw}</Button>
        </div>
      </div>
    );
  }
  return neuron === undefined ? <p className="muted">{m.opening}</p> : null;
}

/** Says that the weights are not those of now. */
export function EarlierNotice({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const [{ step }, select] = useSelection();
  if (step === null || step !== neuron.step) return null;
  return (
    <Notice>
      {m.earlier(count(neuron.step, language))} <Button onPress={() => select({ step: null })}>{m.toNow}</Button>
    </Notice>
  );
}

/** All neurons of the layer as cells, to see which are awake and to choose one. */
export function UnitsCanvas({ neuron, height }: { neuron: Neuron; height: number }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const isPhone = useIsPhone();
  const { layer } = useScope();
  const [, select] = useSelection();
  const [hovered, setHovered] = useState<number | null>(null);
  const [place, width] = useWidth();
  const { values, unit } = neuron;
  const n = values.length;
  const [silenced, frozen] = [layer?.silenced ?? none, layer?.frozen ?? none];
  const most = n > 600 ? (isPhone ? 240 : 200) : height;
  const fitting = layoutUnits(n, width, most);
  const tall = Math.ceil(fitting.rows * fitting.pitch) + 1;
  const paint = useCallback(
    (brush: Brush) => {
      drawUnits(brush, { values, selected: unit, silenced, frozen }, layoutUnits(n, brush.width, most));
    },
    [values, unit, silenced, frozen, n, most],
  );
  const choose = (next: number): void => select({ layer: neuron.layer, unit: Math.max(0, Math.min(n - 1, next)) });
  const onKey = (event: KeyboardEvent): void => {
    const { columns } = fitting;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: unit - 1,
      ArrowRight: unit + 1,
      ArrowUp: unit - columns,
      ArrowDown: unit + columns,
      Home: 0,
      End: n - 1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next >= 0 && next < n) choose(next);
  };
  const at = (point: Point): number | null => unitAt(n, fitting, point.x, point.y);
  const shown = hovered !== null && hovered < n ? hovered : unit;
  return (
    <div ref={place}>
      <Canvas
        label={m.units.label(count(n, language), String(unit), fixed(values[unit] ?? 0), String(neuron.rank))}
        height={tall}
        paint={paint}
        onPoint={(point) => {
          const found = at(point);
          if (found !== null) choose(found);
        }}
        onHover={(point) => {
          const found = point && at(point);
          if (found !== hovered) setHovered(found);
        }}
        onKey={onKey}
      />
      <p className="microscope-line number" aria-live="polite">
        {m.units.hover(String(shown), fixed(values[shown]!, 4))}
      </p>
    </div>
  );
}

const none: readonly number[] = [];

/** What the neuron comes to, in four numbers. */
export function Facts({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { sum, z, value, curve, rank, values, activation, isSilenced, isFrozen } = neuron;
  const total = useMemo(() => agreement(sum, z), [sum, z]);
  return (
    <dl className="microscope-facts">
      <div>
        <dt>
          <Term id="weighted-sum">{m.facts.sum}</Term>
        </dt>
        <dd className="number" title={String(z)} data-fact="z">
          {total ?? m.sum.disagree}
        </dd>
      </div>
      <div>
        <dt>
          <Term id="activation">{activation === null ? m.facts.plain : m.facts.value(activation)}</Term>
        </dt>
        <dd data-fact="value">
          <Value
            value={value}
            check={isSilenced || curve.kind === "softmaxOfLogits" ? value : curve.value}
            digits={5}
          />
        </dd>
      </div>
      {curve.kind === "softmaxOfLogits" && (
        <div>
          <dt>
            <Term id="softmax">{m.facts.share}</Term>
          </dt>
          <dd className="number">{percent(curve.value, 2)}</dd>
        </div>
      )}
      <div>
        <dt>
          <Term id="gradient">{m.facts.slope}</Term>
        </dt>
        <dd>
          <Value value={curve.slope} digits={4} />
        </dd>
      </div>
      <div>
        <dt>{m.facts.rank}</dt>
        <dd className="number">{m.facts.rankOf(count(rank, language), count(values.length, language))}</dd>
      </div>
      {(isSilenced || isFrozen) && (
        <div>
          <dt aria-hidden="true">&nbsp;</dt>
          <dd>
            {isSilenced && <span className="microscope-mark">{m.killed}</span>}
            {isFrozen && <span className="microscope-mark">{m.frozen}</span>}
          </dd>
        </div>
      )}
    </dl>
  );
}
