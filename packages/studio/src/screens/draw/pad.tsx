import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import { Canvas, type CanvasHandle, type Point } from "../../components/canvas.tsx";
import { Button, Segments } from "../../components/controls.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useMessages } from "../../i18n/language.tsx";
import { useClient, useInfo } from "../../worker/hooks.tsx";
import { useSelection, useWorkspace } from "../../workspace/hooks.tsx";
import { mannerOf, useDesk, useDrawView } from "./desk.tsx";
import { drawInk } from "./draw-ink.ts";
import { PAD, PEN } from "./ink.ts";
import type { Row } from "./pad-model.ts";
import { texts } from "./texts.ts";

type Tool = "pen" | "eraser";

/** A pen's far end, by its button. */
const ERASER_BUTTON = 32;
/** How far an arrow key moves the pen: one of the network's pixels, or with Shift a quarter. */
const KEY_STEP = 10;

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where one draws: pen, finger, mouse or arrow keys. */
export function Pad() {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  const client = useClient();
  const info = useInfo();
  const { pad } = useDesk();
  const [view] = useDrawView();
  const [, select] = useSelection();
  const [tool, setTool] = useState<Tool>("pen");
  const [said, say] = useState("");
  const canvas = useRef<CanvasHandle>(null);
  const cursor = useRef({ x: PAD / 2, y: PAD / 4, isDown: false, isShown: false });
  const latest = useRef({ view, tool });
  latest.current = { view, tool };

  const paint = useCallback(
    (brush: Brush): void => {
      const { context, palette, width, height } = brush;
      context.imageSmoothingEnabled = true;
      drawInk(brush, pad.ink.data, PAD, { x: 0, y: 0, width, height });
      const { x, y, isDown, isShown } = cursor.current;
      if (!isShown) return;
      const scale = width / PAD;
      context.beginPath();
      context.arc(x * scale, y * scale, (PEN / 2) * scale, 0, 2 * Math.PI);
      context.strokeStyle = palette.accent;
      context.lineWidth = isDown ? 4 : 2;
      context.stroke();
    },
    [pad],
  );
  useEffect(() => pad.state.subscribe(() => canvas.current?.redraw()), [pad]);

  /** Notes what was done, from the ink before to the ink of now. */
  const note = useCallback(
    (label: string, before: Uint8Array, example = workspace.state.get().selection.example): void => {
      const after = pad.ink.copy();
      const back = (data: Uint8Array) => (): void => {
        pad.ink.restore(data);
        pad.redraw(mannerOf(latest.current.view));
      };
      const undo = (): void => {
        back(before)();
        if (example.from !== "drawing") workspace.select({ example });
      };
      workspace.undo.note({ label, redo: back(after), undo });
    },
    [pad, workspace],
  );

  const begin = (point: Point, event: PointerEvent): void => {
    if (event.button > 0 && event.button !== 5) return;
    const target = event.currentTarget as HTMLCanvasElement;
    target.setPointerCapture(event.pointerId);
    const with_: Tool = (event.buttons & ERASER_BUTTON) !== 0 ? "eraser" : latest.current.tool;
    const before = pad.ink.copy();
    const { example } = workspace.state.get().selection;
    cursor.current.isShown = false;
    let last: readonly [number, number] = [(point.x / point.width) * PAD, (point.y / point.height) * PAD];
    const stroke = (to: readonly [number, number]): void => {
      pad.ink.stroke(last, to, with_);
      last = to;
    };
    stroke(last);
    pad.redraw(mannerOf(latest.current.view), { isUnderWay: true });
    const move = (next: globalThis.PointerEvent): void => {
      if (next.pointerId !== event.pointerId) return;
      const { left, top, width, height } = target.getBoundingClientRect();
      const all = next.getCoalescedEvents?.() ?? [];
      for (const { clientX, clientY } of all.length > 0 ? all : [next]) {
        stroke([((clientX - left) / width) * PAD, ((clientY - top) / height) * PAD]);
      }
      pad.redraw(mannerOf(latest.current.view), { isUnderWay: true });
    };
    const end = (next: globalThis.PointerEvent): void => {
      if (next.pointerId !== event.pointerId) return;
      target.removeEventListener("pointermove", move);
      target.removeEventListener("pointerup", end);
      target.removeEventListener("pointercancel", end);
      pad.redraw(mannerOf(latest.current.view));
      note(with_ === "pen" ? m.pad.stroke : m.pad.rubbed, before, example);
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
  };

  const clear = (): void => {
    const before = pad.ink.copy();
    const { example } = workspace.state.get().selection;
    pad.ink.clear();
    pad.redraw(mannerOf(view));
    select({ classIndex: null, versus: null });
    note(m.pad.clear, before, example);
    say(m.pad.cleared);
  };

  const onKey = (event: KeyboardEvent): void => {
    const pen = cursor.current;
    const by = arrows[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const step = event.shiftKey ? KEY_STEP / 4 : KEY_STEP;
      const within = (x: number): number => Math.max(0, Math.min(PAD, x));
      const from = [pen.x, pen.y] as const;
      Object.assign(pen, { x: within(pen.x + by[0] * step), y: within(pen.y + by[1] * step), isShown: true });
      if (pen.isDown) {
        const before = pad.ink.copy();
        const { example } = workspace.state.get().selection;
        pad.ink.stroke(from, [pen.x, pen.y], tool);
        pad.redraw(mannerOf(view));
        note(tool === "pen" ? m.pad.stroke : m.pad.rubbed, before, example);
      }
      canvas.current?.redraw();
      say(m.pad.at(String(Math.floor(pen.y / 10)), String(Math.floor(pen.x / 10)), pen.isDown));
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      Object.assign(pen, { isDown: !pen.isDown, isShown: true });
      canvas.current?.redraw();
      say(pen.isDown ? m.pad.down : m.pad.up);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      clear();
    }
  };

  const pickDigit = async (): Promise<void> => {
    if (info === undefined) return;
    const { validation, training } = info.data;
    const from = validation > 0 ? "validation" : "training";
    const row: Row = { from, index: Math.floor(Math.random() * (validation > 0 ? validation : training)) };
    select({ classIndex: null, versus: null });
    if (view.encoding !== "binary") {
      select({ example: row });
      return;
    }
    const { stored } = await client.request("core/example", { example: row });
    pad.showRow(row, stored);
    pad.redraw(mannerOf(view), { isRow: true });
  };

  const hasDigits = info !== undefined && info.data.inputShape.reduce((size, n) => size * n, 1) === 784;
  return (
    <div className="draw-pad">
      <Canvas
        ref={canvas}
        className="draw-pad-canvas"
        label={m.pad.label}
        ratio={1}
        paint={paint}
        onPoint={begin}
        onKey={onKey}
      />
      <div className="draw-pad-tools">
        <Segments
          label={m.pad.tool}
          isLabelHidden
          choices={[
            { id: "pen", label: m.pad.pen },
            { id: "eraser", label: m.pad.eraser },
          ]}
          value={tool}
          onChange={setTool}
        />
        <Button onPress={clear}>{m.pad.clear}</Button>
      </div>
      <Button kind="primary" onPress={() => void pickDigit()} isDisabled={!hasDigits}>
        {m.pad.random}
      </Button>
      <p className="draw-hint">{m.pad.hint}</p>
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
    </div>
  );
}
