import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { Canvas, type CanvasHandle } from "../../components/canvas.tsx";
import { Segments } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Term } from "../../components/term.tsx";
import { useReducedMotion } from "../../components/theme.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed } from "../../i18n/numbers.ts";
import { drawCode } from "./code.ts";
import { useDesk, useDrawView, useNewInput } from "./desk.tsx";
import { drawUnroll, lensOf, pixelAt } from "./draw-unroll.ts";
import { FIELD } from "./normalise.ts";
import { Provenance } from "./provenance.tsx";
import { texts } from "./texts.ts";

const stages = ["picture", "row", "column"] as const;
const MOVE_MS = 900;

/** How the picture becomes the column of inputs, in two moves, with one pixel followed all the way. */
export function UnrollFigure() {
  const m = useMessages(texts);
  const { looker } = useDesk();
  const isStill = useReducedMotion();
  const [view, setView] = useDrawView();
  const target = Math.max(0, stages.indexOf(view.stage as "row"));
  const pixel = Math.max(0, Math.min(FIELD * FIELD - 1, Math.round(view.pixel)));
  const canvas = useRef<CanvasHandle>(null);
  const stage = useRef<number>(target);
  const [said, say] = useState("");

  const paint = useCallback(
    (brush: Brush): void => {
      const stored = looker.live.get().look?.stored;
      const shades = stored === undefined ? null : Float32Array.from(stored, (byte) => byte / 255);
      drawUnroll(brush, { shades, stage: stage.current, pixel });
    },
    [looker, pixel],
  );
  useNewInput(useCallback(() => canvas.current?.redraw(), []));
  useEffect(() => {
    const from = stage.current;
    if (from === target) return undefined;
    let begun: number | undefined;
    let frame = 0;
    const move = (now: number): void => {
      begun ??= now;
      const t = isStill ? 1 : Math.min(1, (now - begun) / (MOVE_MS * Math.abs(target - from)));
      stage.current = from + (target - from) * t;
      canvas.current?.redraw();
      if (t < 1) frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
    return () => cancelAnimationFrame(frame);
  }, [target, isStill]);

  const lens = useRef<HTMLDivElement>(null);
  const indices = lensOf(pixel);
  useEffect(() => {
    const write = (): void => {
      const values = looker.live.get().look?.columns[0]?.values;
      for (const cell of lens.current?.querySelectorAll<HTMLElement>("[data-index]") ?? []) {
        const value = values?.[Number(cell.dataset.index)];
        cell.textContent = value === undefined ? "–" : fixed(value, 2);
      }
    };
    write();
    return looker.live.subscribe(write);
  });

  const choose = (next: number): void => {
    const index = Math.max(0, Math.min(FIELD * FIELD - 1, next));
    setView({ pixel: index });
    say(m.unroll.where(String(index), String(Math.floor(index / FIELD)), String(index % FIELD)));
  };
  const onKey = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: target === 2 ? 0 : -1,
      ArrowRight: target === 2 ? 0 : 1,
      ArrowUp: target === 0 ? -FIELD : target === 2 ? -1 : 0,
      ArrowDown: target === 0 ? FIELD : target === 2 ? 1 : 0,
      PageUp: -FIELD,
      PageDown: FIELD,
      Home: -pixel,
      End: FIELD * FIELD - 1 - pixel,
    };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    choose(pixel + by);
  };
  const [row, column] = [Math.floor(pixel / FIELD), pixel % FIELD];
  return (
    <Figure
      title={m.unroll.title}
      code={drawCode.unroll}
      caption={
        <>
          {m.unroll.caption(<Term id="input-layer">{m.words.inputLayer}</Term>)} <Provenance />
        </>
      }
    >
      <Segments
        label={m.unroll.stage}
        isLabelHidden
        choices={stages.map((id) => ({ id, label: m.unroll.stages[id] }))}
        value={stages[target]!}
        onChange={(next) => setView({ stage: next })}
      />
      <Canvas
        ref={canvas}
        className="draw-unroll"
        label={m.unroll.label}
        ratio={1.82}
        paint={paint}
        onPoint={({ x, y, width, height }) => {
          const found = pixelAt(x, y, stage.current, width, height);
          if (found !== null) choose(found);
        }}
        onKey={onKey}
      />
      <p className="draw-index">
        {m.unroll.rule(String(row), String(column))} <b className="number">{`28 · ${row} + ${column} = ${pixel}`}</b>
      </p>
      <div className="draw-lens" ref={lens}>
        {indices.map((index) => (
          <span key={index} className={`draw-lens-cell ${index === pixel ? "draw-lens-here" : ""}`}>
            <span className="draw-lens-name number">{`x${index}`}</span>
            <span className="number" data-index={index} />
          </span>
        ))}
      </div>
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </Figure>
  );
}
