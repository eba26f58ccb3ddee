import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Canvas, type CanvasHandle, type Point } from "../../components/canvas.tsx";
import { Figure } from "../../components/figure.tsx";
import { Term } from "../../components/term.tsx";
import { useIsPhone } from "../../components/theme.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent, signed } from "../../i18n/numbers.ts";
import { useInfo, useUnit } from "../../worker/hooks.tsx";
import { useSelection } from "../../workspace/hooks.tsx";
import { initialSettings } from "../../workspace/settings.ts";
import { Answer } from "./answer.tsx";
import { chooseUnits } from "./choose-units.ts";
import { drawCode } from "./code.ts";
import { useClassNames, useDesk, useDrawView, useLooked, useQuestion } from "./desk.tsx";
import { circleAt, drawNetwork, layoutNetwork, type NetworkPicture, roomFor } from "./draw-network.ts";
import type { Look, Spot } from "./look.ts";
import { Pad } from "./pad.tsx";
import { Probabilities } from "./probabilities.tsx";
import { Provenance } from "./provenance.tsx";
import { texts } from "./texts.ts";

/** The first picture: the pad, the network with what goes through it, and its answer. */
export function NetworkFigure() {
  const m = useMessages(texts);
  const language = useLanguage();
  const isPhone = useIsPhone();
  const lines = useLooked(({ look }) =>
    look === null ? "" : look.gaps.map(({ edges, total }) => `${edges.length}/${total}`).join(),
  );
  const captions = lines === "" ? [] : lines.split(",").map((line) => line.split("/").map(Number));
  return (
    <Figure
      className="wide draw-hero"
      title={m.network.title}
      code={drawCode.network}
      caption={
        <>
          {captions.length > 0 && (
            <>
              {m.network.lines(
                captions.map(([k, n]) => m.kOfN(count(k!, language), count(n!, language))).join(", "),
              )}{" "}
            </>
          )}
          {m.network.key(
            <Term id="weight">{m.words.weight}</Term>,
            <Term id="activation">{m.words.activation}</Term>,
            <Term id="softmax">softmax</Term>,
          )}{" "}
          <Provenance />
        </>
      }
    >
      <Answer />
      <div className="draw-hero-body">
        <Pad />
        <NetworkCanvas height={isPhone ? 330 : 424} />
        <Probabilities />
      </div>
    </Figure>
  );
}

/** Sizes of the columns: of the model, or before it is there of the one that will be. */
function useSizes(): readonly number[] {
  const info = useInfo();
  return useMemo(() => {
    if (info === undefined) return [784, ...initialSettings.hidden.map(({ units }) => units), 10];
    const { layers } = info.model;
    return [layers[0]?.inFeatures ?? 784, ...layers.map(({ outFeatures }) => outFeatures)];
  }, [info]);
}

function NetworkCanvas({ height }: { height: number }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { looker } = useDesk();
  const sizes = useSizes();
  const names = useClassNames();
  const info = useInfo();
  const unit = useUnit();
  const question = useQuestion();
  const [{ layer: chosenLayer }, select] = useSelection();
  const [view, setView] = useDrawView();
  const canvas = useRef<CanvasHandle>(null);
  const line = useRef<HTMLParagraphElement>(null);
  const hover = useRef<Spot | null>(null);
  const cursor = useRef<Spot>({ column: 1, unit: 0 });
  const [said, say] = useState("");

  const layers = info?.model.layers;
  const selected = useMemo((): readonly Spot[] => {
    const spots: Spot[] = [{ column: 0, unit: view.pixel }];
    if (chosenLayer !== null && unit !== undefined && !unit.layer.isOutput) {
      spots.push({ column: 1 + (layers ?? []).findIndex(({ path }) => path === unit.layer.path), unit: unit.unit });
    }
    if (question !== null) spots.push({ column: sizes.length - 1, unit: question.classIndex });
    return spots;
  }, [chosenLayer, unit, layers, question, sizes, view.pixel]);

  const titleOf = useCallback(
    (column: number): string =>
      column === 0
        ? m.network.inputs
        : column === sizes.length - 1
          ? m.network.outputs
          : m.network.hidden(sizes.length > 3 ? String(column) : ""),
    [m, sizes],
  );

  const pictureOf = useCallback(
    (look: Look | null, room: number): NetworkPicture => {
      const known = look !== null && look.columns.length === sizes.length ? look : null;
      const columns = sizes.map((total, column) => {
        const found = known?.columns[column];
        const isOutput = column === sizes.length - 1;
        const units = found?.units ?? chooseUnits(new Uint8Array(total), isOutput ? 10 : room);
        const values = (isOutput ? known?.probabilities : undefined) ?? found?.values ?? null;
        const scale = isOutput && known !== null && known.probabilities !== null ? { scale: 1 } : {};
        const caption = m.kOfN(count(units.length, language), count(total, language));
        return { units, total, values, title: titleOf(column), caption, ...scale };
      });
      const gaps = (known?.gaps ?? []).map(({ edges }) => ({ edges, caption: "" }));
      return { columns, gaps, image: known?.stored ?? null, selected, focus: hover.current };
    },
    [sizes, m, language, titleOf, selected],
  );

  const describe = useCallback(
    ({ column, unit: at }: Spot, look: Look | null): string => {
      const value = look?.columns[column]?.values[at];
      if (look === null || value === undefined) return "";
      if (column === 0) return m.network.pixel(String(at), String(Math.floor(at / 28)), String(at % 28), fixed(value));
      const path = look.columns[column]!.path!;
      const z = look.sums[path]?.[at] ?? value;
      if (column === sizes.length - 1) {
        const share = look.probabilities?.[at];
        return m.network.output(names[at] ?? String(at), signed(z), share === undefined ? null : percent(share, 2));
      }
      const strong = look.gaps[column - 1]?.edges.find(({ to }) => to === at);
      const from =
        strong &&
        (column === 1 ? m.network.strongestPixel : m.network.strongest)(String(strong.from), signed(strong.value));
      return m.network.unit(titleOf(column), String(at), signed(z), fixed(value), from ?? "");
    },
    [m, names, sizes, titleOf],
  );

  const paint = useCallback(
    (brush: Brush): void => {
      const { look } = looker.live.get();
      const room = roomFor(brush.height);
      looker.room(sizes.map((_, column) => (column === sizes.length - 1 ? 10 : room)));
      drawNetwork(brush, pictureOf(look, room));
    },
    [looker, sizes, pictureOf],
  );

  const tell = useCallback((): void => {
    canvas.current?.redraw();
    if (line.current !== null) {
      const spot = hover.current;
      line.current.textContent = spot === null ? m.network.hover : describe(spot, looker.live.get().look);
    }
  }, [describe, looker, m]);
  useEffect(() => {
    tell();
    return looker.live.subscribe(tell);
  }, [looker, tell]);

  const pointAt = (spot: Spot | null): void => {
    hover.current = spot;
    looker.focus(spot !== null && spot.column > 0 ? spot : null);
    tell();
  };
  const choose = ({ column, unit: at }: Spot): void => {
    if (column === 0) setView({ pixel: at });
    else if (column === sizes.length - 1) select({ classIndex: at, versus: null });
    else select({ layer: layers?.[column - 1]?.path ?? null, unit: at });
  };
  const spotAt = (point: Point): Spot | null => {
    const { look } = looker.live.get();
    const picture = pictureOf(look, roomFor(point.height));
    const circle = circleAt(layoutNetwork(picture.columns, point.width, point.height), point.x, point.y);
    return circle && { column: circle.column, unit: circle.unit };
  };

  const onKey = (event: KeyboardEvent): void => {
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const down = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") pointAt(null);
    if (across === undefined && down === undefined) return;
    event.preventDefault();
    const { look } = looker.live.get();
    const { columns } = pictureOf(look, roomFor(height));
    const last = cursor.current;
    const column = Math.max(0, Math.min(columns.length - 1, last.column + (across ?? 0)));
    const { units } = columns[column]!;
    const before = columns[last.column]?.units ?? units;
    const place = Math.max(0, before.indexOf(last.unit));
    const next = across === undefined ? place + (down ?? 0) : Math.round((place / before.length) * units.length);
    const spot = { column, unit: units[Math.max(0, Math.min(units.length - 1, next))]! };
    cursor.current = spot;
    choose(spot);
    pointAt(spot);
    say(describe(spot, look));
  };

  return (
    <div className="draw-network">
      <Canvas
        ref={canvas}
        label={m.network.label(sizes.join(" – "))}
        height={height}
        paint={paint}
        onPoint={(point) => {
          const spot = spotAt(point);
          if (spot === null) return;
          cursor.current = spot;
          choose(spot);
          pointAt(spot);
        }}
        onHover={(point) => {
          const spot = point === null ? null : spotAt(point);
          if (spot?.column !== hover.current?.column || spot?.unit !== hover.current?.unit) pointAt(spot);
        }}
        onKey={onKey}
      />
      <p className="draw-line" ref={line} />
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}
