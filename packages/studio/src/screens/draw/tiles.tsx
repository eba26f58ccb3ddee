import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from "react";
import { Canvas, type CanvasHandle } from "../../components/canvas.tsx";
import { Segments } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Term } from "../../components/term.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, signed } from "../../i18n/numbers.ts";
import { useInfo, useWatch } from "../../worker/hooks.tsx";
import type { LayerInfo } from "../../worker/protocol.ts";
import { useSelection } from "../../workspace/hooks.tsx";
import { drawCode } from "./code.ts";
import { useDesk, useLooked } from "./desk.tsx";
import { acrossOf, gridOfTiles, TilePainter, tileAt, type UnitTiles } from "./draw-unit-tiles.ts";
import { Provenance } from "./provenance.tsx";
import { texts } from "./texts.ts";

/** More tiles than this are no picture any more. */
const MOST = 512;

/** Each hidden unit as a picture of what it looks for, and how much it found of that here. */
export function TilesFigure() {
  const m = useMessages(texts);
  const info = useInfo();
  const [{ layer: chosen }, select] = useSelection();
  const hidden = (info?.model.layers ?? []).filter(({ isOutput }) => !isOutput);
  const layer = hidden.find(({ path }) => path === chosen) ?? hidden[0];
  const active = useLooked(({ look }) => {
    const column = look?.columns.find(({ path }) => path === layer?.path);
    return column === undefined ? null : column.values.reduce((n, y) => n + (y !== 0 ? 1 : 0), 0);
  });
  if (info !== undefined && layer === undefined) return null;
  return (
    <Figure
      className="wide"
      title={m.tiles.title}
      code={drawCode.tiles}
      tools={
        hidden.length > 1 &&
        hidden.length <= 4 && (
          <Segments
            label={m.tiles.layer}
            isLabelHidden
            choices={hidden.map(({ path }, i) => ({ id: path, label: m.network.hidden(String(i + 1)) }))}
            value={layer!.path}
            onChange={(path) => select({ layer: path, unit: 0 })}
          />
        )
      }
      caption={
        <>
          {active !== null && layer !== undefined && m.tiles.active(String(active), String(layer.outFeatures))}{" "}
          {layer?.path === hidden[0]?.path
            ? m.tiles.ofPixels
            : m.tiles.ofUnits(String(acrossOf(layer?.inFeatures ?? 1)))}{" "}
          {m.tiles.key(<Term id="weight">{m.words.weight}</Term>, <Term id="activation">{m.words.activation}</Term>)}{" "}
          <Provenance />
        </>
      }
    >
      {layer !== undefined && <Tiles key={layer.path} layer={layer} />}
    </Figure>
  );
}

function Tiles({ layer }: { layer: LayerInfo }) {
  const m = useMessages(texts);
  const { looker } = useDesk();
  const isPhone = useIsPhone();
  const [{ layer: chosen, unit }, select] = useSelection();
  const canvas = useRef<CanvasHandle>(null);
  const line = useRef<HTMLParagraphElement>(null);
  const [painter] = useState(() => new TilePainter());
  const tiles = useRef<UnitTiles | null>(null);
  const hover = useRef<number | null>(null);
  const [said, say] = useState("");
  const units = Math.min(layer.outFeatures, MOST);
  const selected = chosen === layer.path && unit < units ? unit : null;
  const shape = { units, inputs: layer.inFeatures, across: acrossOf(layer.inFeatures) };

  const valuesNow = useCallback(() => {
    const { look } = looker.live.get();
    return look?.columns.find(({ path }) => path === layer.path)?.values ?? null;
  }, [looker, layer.path]);
  const describe = useCallback(
    (at: number): string => {
      const { look } = looker.live.get();
      const [z, y] = [look?.sums[layer.path]?.[at], valuesNow()?.[at]];
      return z === undefined || y === undefined ? "" : m.tiles.unit(String(at), signed(z), fixed(y));
    },
    [looker, layer.path, m, valuesNow],
  );

  useWatch(
    "core/weights",
    { layer: layer.path, units: Array.from({ length: units }, (_, i) => i) },
    ({ data }) => {
      if (data === undefined) return;
      tiles.current = { ...shape, weights: data.weights };
      canvas.current?.redraw();
    },
    { everyMs: 250 },
  );
  const paint = useCallback(
    (brush: Brush): void => {
      if (tiles.current === null) return;
      painter.paint(brush, tiles.current, valuesNow(), { selected, hover: hover.current });
    },
    [painter, valuesNow, selected],
  );
  const tell = useCallback((): void => {
    canvas.current?.redraw();
    const at = hover.current ?? selected;
    if (line.current !== null) line.current.textContent = at === null ? m.tiles.hover : describe(at);
  }, [describe, m, selected]);
  useEffect(() => {
    tell();
    return looker.live.subscribe(tell);
  }, [looker, tell]);

  const onKey = (event: KeyboardEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const { columns } = gridOfTiles(shape, box.width, box.height);
    const moves: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns },
      ...{ Home: -units, End: units },
    };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(units - 1, (selected ?? (by > 0 ? -1 : 0)) + by));
    select({ layer: layer.path, unit: next });
    say(describe(next));
  };
  const pointed = (x: number, y: number, width: number, height: number): number | null =>
    tileAt(gridOfTiles(shape, width, height), x, y);
  return (
    <>
      {layer.outFeatures > units && <p className="draw-empty">{m.kOfN(String(units), String(layer.outFeatures))}</p>}
      <Canvas
        ref={canvas}
        label={m.tiles.label}
        height={isPhone ? 460 : layer.inFeatures === 784 ? 476 : 320}
        paint={paint}
        onPoint={({ x, y, width, height }) => {
          const at = pointed(x, y, width, height);
          if (at !== null) select({ layer: layer.path, unit: at });
        }}
        onHover={(point) => {
          hover.current = point && pointed(point.x, point.y, point.width, point.height);
          tell();
        }}
        onKey={onKey}
      />
      <p className="draw-line" ref={line} />
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </>
  );
}
