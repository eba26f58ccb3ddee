import { useCallback } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Button, NumberField, Segments, Select } from "../../components/controls.tsx";
import { Notice } from "../../components/notice.tsx";
import type { Brush } from "../../draw/brush.ts";
import { drawGrey } from "../../draw/tiles.ts";
import { useMessages } from "../../i18n/language.tsx";
import { useExample, useInfo, useLive } from "../../worker/hooks.tsx";
import { useSelection } from "../../workspace/hooks.tsx";
import { pictureWidth } from "./picture-width.ts";
import { useBackpropView } from "./stepper.tsx";
import { texts } from "./texts.ts";

const COUNTS = ["1", "2", "4", "8"] as const;

/** Which example or examples the step is about. */
export function QuestionBar() {
  const m = useMessages(texts).question;
  const info = useInfo();
  const [{ example }, select] = useSelection();
  const [view, setView] = useBackpropView();
  if (info === undefined) return null;
  const { data, model } = info;
  const from = example.from;
  const size = from === "training" ? data.training : data.validation;
  const choices = [
    ...(data.validation > 0 ? [{ id: "validation" as const, label: m.validation }] : []),
    { id: "training" as const, label: m.training },
    ...(from === "drawing" ? [{ id: "drawing" as const, label: m.drawing }] : []),
  ];
  const goTo = (index: number): void => {
    if (from !== "drawing" && size > 0) select({ example: { from, index: (index + size) % size } });
  };
  const names = model.classNames ?? [];
  return (
    <div className="backprop-question">
      <Thumbnail />
      <Segments
        label={m.from}
        choices={choices}
        value={from}
        onChange={(next) => next !== "drawing" && select({ example: { from: next, index: 0 } })}
      />
      {from === "drawing" ? (
        <Select
          label={m.answer}
          choices={[{ id: "", label: m.choose }, ...names.map((label, i) => ({ id: String(i), label }))]}
          value={view.answer === null ? "" : String(view.answer)}
          onChange={(id) => setView({ answer: id === "" ? null : Number(id) })}
        />
      ) : (
        <>
          <div className="backprop-index">
            <Button kind="quiet" label={m.previous} onPress={() => goTo(example.index - 1)}>
              ‹
            </Button>
            <NumberField
              label={m.index}
              value={example.index}
              min={0}
              max={Math.max(0, size - 1)}
              step={1}
              onChange={goTo}
            />
            <Button kind="quiet" label={m.next} onPress={() => goTo(example.index + 1)}>
              ›
            </Button>
          </div>
          <Segments
            label={m.batch}
            choices={COUNTS.map((id) => ({ id, label: id }))}
            value={COUNTS.find((id) => Number(id) === view.count) ?? "1"}
            onChange={(id) => setView({ count: Number(id), focus: 0 })}
          />
          {view.count > 1 && size > 1 && (
            <Segments
              label={m.focus}
              choices={Array.from({ length: Math.min(view.count, size) }, (_, i) => ({
                id: String(i),
                label: `#${i + 1}`,
              }))}
              value={String(Math.min(view.focus, view.count - 1))}
              onChange={(id) => setView({ focus: Number(id) })}
            />
          )}
        </>
      )}
    </div>
  );
}

/** The picture that the step is about, where the examples are pictures. */
function Thumbnail() {
  const m = useMessages(texts).question;
  const example = useExample();
  const { data } = useLive("core/example", example && { example });
  const side = (data && pictureWidth(data.shape)) ?? 0;
  const isPicture = side > 0;
  const paint = useCallback(
    (brush: Brush) => {
      if (data === undefined || !isPicture) return;
      const shades = data.stored.map((byte) => byte / 255);
      drawGrey(brush, shades, side, { x: 0, y: 0, width: brush.width, height: brush.height });
    },
    [data, side, isPicture],
  );
  if (!isPicture) return null;
  const name = example?.from === "drawing" ? m.drawing : String(example?.index ?? "");
  return (
    <div className="backprop-thumbnail">
      <Canvas label={m.picture(name)} ratio={1} paint={paint} />
    </div>
  );
}

/** Why there is nothing to step through. */
export function NoQuestion() {
  const m = useMessages(texts).question;
  const [{ example: chosen }, select] = useSelection();
  const example = useExample();
  return (
    <Notice>
      <p>{example === null ? m.emptyDrawing : chosen.from === "drawing" ? m.askAnswer : ""}</p>
      <Button onPress={() => select({ example: { from: "validation", index: 0 } })}>{m.toData}</Button>
    </Notice>
  );
}
