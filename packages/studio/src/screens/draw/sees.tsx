import { useCallback, useEffect, useRef } from "react";
import { Canvas, type CanvasHandle } from "../../components/canvas.tsx";
import { Segments, Switch } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Term } from "../../components/term.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed } from "../../i18n/numbers.ts";
import { useInfo } from "../../worker/hooks.tsx";
import { useSelection, useStore } from "../../workspace/hooks.tsx";
import { drawCode } from "./code.ts";
import { mannerOf, useDesk, useDrawView, useLooked, useNewInput } from "./desk.tsx";
import { drawSees } from "./draw-sees.ts";
import { PAD } from "./ink.ts";
import { Provenance } from "./provenance.tsx";
import { texts } from "./texts.ts";

/** From the pad to the 28 × 28 that the network is given: MNIST's normalisation, and the encoding of pixels. */
export function SeesFigure() {
  const m = useMessages(texts);
  const { pad, looker } = useDesk();
  const info = useInfo();
  const [view, setView] = useDrawView();
  const [, select] = useSelection();
  const canvas = useRef<CanvasHandle>(null);
  const row = useStore(pad.state, (state) => state.row);
  const isBlank = useStore(pad.state, (state) => state.emptiness !== null);
  const isOwnBinary = info?.model.preprocessing.kind === "binary";
  const paint = useCallback(
    (brush: Brush): void => {
      const { look } = looker.live.get();
      const { normalised } = pad.state.get();
      const input = look?.columns[0]?.values;
      // Standardised inputs have values below 0: then the stored bytes are shown.
      const isShade = input !== undefined && input.length === 784 && input.every((x) => x >= 0 && x <= 1);
      const labels = { pad: m.sees.pad, network: m.sees.network };
      const shown = { ink: pad.ink.data, side: PAD, normalised, labels };
      drawSees(brush, { ...shown, pixels: isShade ? input : (look?.stored ?? null), full: isShade ? 1 : 255 });
    },
    [looker, pad, m],
  );
  useNewInput(useCallback(() => canvas.current?.redraw(), []));
  useEffect(() => pad.state.subscribe(() => canvas.current?.redraw()), [pad]);

  const change = (part: { normalise?: boolean; encoding?: string }): void => {
    setView(part);
    const next = { ...view, ...part };
    if (row !== null && next.encoding !== "binary") select({ example: row });
    else if (!pad.ink.isBlank) pad.redraw(mannerOf(next), { isRow: row !== null });
  };
  return (
    <Figure
      title={m.sees.title}
      code={drawCode.sees}
      caption={
        <>
          {isBlank ? m.sees.blank : <Counts />} <Provenance />
        </>
      }
    >
      <div className="row draw-sees-tools">
        <Switch isSelected={view.normalise} onChange={(normalise) => change({ normalise })} isDisabled={row !== null}>
          {m.sees.normalise}
        </Switch>
        <Segments
          label={m.sees.encoding}
          isLabelHidden
          choices={[
            { id: "intensity", label: m.sees.intensity },
            { id: "binary", label: m.sees.binary },
          ]}
          value={isOwnBinary || view.encoding === "binary" ? "binary" : "intensity"}
          onChange={(encoding) => change({ encoding })}
          isDisabled={isOwnBinary}
        />
      </div>
      <Canvas ref={canvas} label={m.sees.label} ratio={1.82} paint={paint} />
      <p className="draw-explain">
        {row !== null
          ? m.sees.isRow
          : view.normalise
            ? m.sees.how(<Term id="encoding">{m.words.encoding}</Term>)
            : m.sees.off}{" "}
        {isOwnBinary ? m.sees.ownBinary : view.encoding === "binary" ? m.sees.isBinary(fixed(128, 0)) : ""}
      </p>
    </Figure>
  );
}

/** What changes with every move of the pen: drawn by itself. */
function Counts() {
  const m = useMessages(texts);
  const { pad } = useDesk();
  const lit = useLooked(({ look }) => look?.columns[0]?.values.reduce((n, x) => n + (x !== 0 ? 1 : 0), 0) ?? 0);
  const crop = useStore(pad.state, (state) => {
    const found = state.normalised?.crop;
    return found === undefined ? "" : m.sees.crop(String(found.width), String(found.height));
  });
  return (
    <>
      {m.sees.lit(String(lit))} {crop}
    </>
  );
}
