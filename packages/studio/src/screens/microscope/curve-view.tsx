import { type KeyboardEvent, useCallback, useState } from "react";
import { Canvas, type Point } from "../../components/canvas.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, significant } from "../../i18n/numbers.ts";
import { drawCurve, scalesOf } from "./draw-curve.ts";
import type { Neuron } from "./neuron.ts";
import { texts } from "./texts.ts";

/** What the curve of a neuron is called. */
export function useCurveTitle(): (neuron: Neuron) => string {
  const m = useMessages(texts);
  return ({ curve: { kind } }) => {
    if (kind === null) return m.curve.plain;
    return kind === "softmaxOfLogits" ? m.curve.softmax : m.curve.title(kind);
  };
}

/** The curve with the neuron's point and its slope; another z can be tried. */
export function CurveView({ neuron, height }: { neuron: Neuron; height: number }) {
  const m = useMessages(texts);
  const [tried, setTried] = useState<number | null>(null);
  const { curve, z, isSilenced } = neuron;
  const point = tried === null || tried >= curve.z.length ? null : tried;
  const paint = useCallback(
    (brush: Brush) => {
      drawCurve(brush, {
        z: curve.z,
        values: curve.values,
        at: Number.isFinite(z) ? { z, value: curve.value, slope: curve.slope } : null,
        tried: point === null ? null : { z: curve.z[point]!, value: curve.values[point]! },
        isSilenced,
        labels: { z: m.curve.names.z, value: curve.kind === null ? m.curve.names.z : m.curve.names.value },
      });
    },
    [curve, z, point, isSilenced, m],
  );
  const near = (at: number): number => {
    const [first, last] = [curve.z[0]!, curve.z.at(-1)!];
    const share = (at - first) / (last - first);
    return Math.max(0, Math.min(curve.z.length - 1, Math.round(share * (curve.z.length - 1))));
  };
  const tryAt = (at: Point | null): void => setTried(at && near(scalesOf(curve, at.width, at.height).zAt(at.x)));
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") setTried(null);
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setTried(Math.max(0, Math.min(curve.z.length - 1, (point ?? near(z)) + step)));
  };
  const slope = fixed(curve.slope, 4);
  return (
    <div>
      <Canvas
        label={m.curve.label(fixed(z, 4), fixed(curve.value, 4), slope)}
        height={height}
        paint={paint}
        onPoint={tryAt}
        onHover={tryAt}
        onKey={onKey}
      />
      <p className="microscope-line number" aria-live="polite">
        {point === null
          ? m.curve.hint
          : m.curve.tried(fixed(curve.z[point]!, 2), fixed(curve.values[point]!, 4), fixed(curve.slopes[point]!, 4))}
      </p>
      <p className="number">
        f({fixed(z, 4)}) = <b>{fixed(curve.value, 4)}</b>, f′ = <b>{slope}</b>.{" "}
        {isSilenced ? m.curve.killed : curve.slope === 0 ? m.curve.flat : m.curve.moves(significant(curve.slope, 3))}{" "}
        {curve.kind === "softmaxOfLogits" && m.curve.logits}
      </p>
    </div>
  );
}
