import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/controls.tsx";
import { Notice } from "../../components/notice.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { useClient, useExample, useInfo } from "../../worker/hooks.tsx";
import { useSelection, useWorkspace } from "../../workspace/hooks.tsx";
import { DeskContext, takesPictures, useDrawView } from "./desk.tsx";
import { EvidenceFigure, PixelsFigure } from "./evidence.tsx";
import { Looker } from "./looker.ts";
import { NetworkFigure } from "./network.tsx";
import { type PadModel, padOf } from "./pad-model.ts";
import { ProbesFigure } from "./probes.tsx";
import "./screen.css";
import { SeesFigure } from "./sees.tsx";
import { TestFigure } from "./test-figure.tsx";
import { texts } from "./texts.ts";
import { TilesFigure } from "./tiles.tsx";
import { UnrollFigure } from "./unroll.tsx";

/** Draw a digit, see what the network makes of it, and why. */
export function DrawScreen() {
  const m = useMessages(texts);
  const client = useClient();
  const info = useInfo();
  const pad = padOf(useWorkspace());
  const [looker, setLooker] = useState<Looker | null>(null);
  useEffect(() => {
    const made = new Looker(client);
    setLooker(made);
    return () => made.stop();
  }, [client]);
  const desk = useMemo(() => (looker === null ? null : { looker, pad }), [looker, pad]);

  if (info !== undefined && !takesPictures(info)) {
    return (
      <div className="screen">
        <h1 className="screen-title">{m.title}</h1>
        <Notice kind="warning">
          <p>{m.mismatch(info.model.name, String(info.model.inputShape.join(" × ")))}</p>
          <Button onPress={() => void client.request("core/builtIn")}>{m.backToDigits}</Button>
        </Notice>
      </div>
    );
  }
  if (desk === null) return null;
  return (
    <DeskContext value={desk}>
      <Links looker={desk.looker} pad={pad} />
      <div className="screen screen-2 draw-screen">
        <h1 className="screen-title">{m.title}</h1>
        <p className="screen-lead">{m.lead}</p>
        <NetworkFigure />
        <EvidenceFigure />
        <div className="stack draw-beside">
          <PixelsFigure />
          <TestFigure />
        </div>
        <SeesFigure />
        <UnrollFigure />
        <TilesFigure />
        <ProbesFigure />
      </div>
    </DeskContext>
  );
}

/** Keeps the pad, the selection of the workspace, and what is looked at together. */
function Links({ looker, pad }: { looker: Looker; pad: PadModel }) {
  const client = useClient();
  const info = useInfo();
  const example = useExample();
  const [{ example: chosen, classIndex }] = useSelection();
  const [view, setView] = useDrawView();
  const shown = useRef("");
  const latest = useRef(classIndex);
  latest.current = classIndex;

  useEffect(() => {
    pad.onPixels = (pixels) => looker.look(pixels && { example: pixels, classIndex: latest.current });
    return () => {
      pad.onPixels = undefined;
    };
  }, [pad, looker]);

  useEffect(() => {
    if (info === undefined || pad.isUnderWay) return;
    looker.look(example && { example, classIndex });
  }, [looker, pad, example, classIndex, info]);

  // What another screen, a link or the top bar has selected is put on the pad.
  const data = info && `${info.data.source}/${info.data.name}/${info.data.validation}`;
  const isBinary = view.encoding === "binary";
  useEffect(() => {
    if (data === undefined || pad.isUnderWay) return undefined;
    if (chosen.from === "drawing") {
      shown.current = "";
      const drawing = example?.from === "drawing" ? example.pixels : null;
      if (drawing !== pad.drawing) pad.showDrawing(drawing);
      return undefined;
    }
    if (isBinary) setView({ encoding: "intensity" }); // a row of the data is given as it is stored
    const key = `${data}/${chosen.from}/${chosen.index}`;
    if (shown.current === key && pad.state.get().row !== null) return undefined;
    let isWanted = true;
    client.request("core/example", { example: chosen }).then(
      ({ stored }) => {
        if (!isWanted || stored.length !== 784) return;
        shown.current = key;
        pad.showRow(chosen, stored);
      },
      () => undefined, // the figure says why
    );
    return () => {
      isWanted = false;
    };
  }, [client, pad, chosen, example, data, isBinary, setView]);
  return null;
}
