import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from "react";
import { Canvas, type CanvasHandle, type Point as Pixel } from "../../components/canvas.tsx";
import type { Arena, Point } from "../../game/arena.ts";
import { useMessages } from "../../i18n/language.tsx";
import { cornerAt, dragged, type Grip, moved, withoutWall } from "./drag.ts";
import { type DescentPicture, type Handle, handleAt, paintDescent } from "./draw-descent.ts";
import { type Ground, ratioOf, scaleFor } from "./draw-ground.ts";
import type { Game } from "./game.ts";
import { texts } from "./texts.ts";
import { stepOf, useGameView } from "./use-game.ts";
import { lossNames } from "./walk-params.ts";

export type Tool = "move" | "wall";

export interface PlaneProps {
  readonly game: Game;
  readonly ground: Ground | null;
  readonly shortest: readonly Point[] | undefined;
  readonly tool: Tool;
  readonly selected: Handle | null;
  readonly onSelect: (handle: Handle | null) => void;
  readonly onDrawn: () => void;
}

/** While something is dragged the walk follows it so often. */
const FOLLOW_MS = 90;

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The canvas of the plane: goal, character and walls are dragged, or moved by keys. */
export function Plane({ game, ground, shortest, tool, selected, onSelect, onDrawn }: PlaneProps) {
  const m = useMessages(texts);
  const { view } = useGameView();
  const canvas = useRef<CanvasHandle>(null);
  const { arena, settings, walks } = game;
  const { descent } = walks[settings.loss];
  const others = lossNames.flatMap((loss) => (loss === settings.loss ? [] : (walks[loss].descent ?? [])));
  const picture: DescentPicture = {
    ...{ arena, ground, descent, others, shortest, selected },
    step: descent === undefined ? 0 : stepOf(view.step, descent),
    words: m.plane.words,
  };
  const key = others.map(({ settings: one, losses }) => [one, losses.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture is made of these
  const paint = useMemo(
    () => paintDescent(picture),
    [arena, ground, descent, shortest, selected, picture.step, m, JSON.stringify(key)],
  );
  const latest = useRef({ picture, game });
  latest.current = { picture, game };

  const begin = ({ x, y, width, height }: Pixel, event: PointerEvent): void => {
    if (event.button > 0) return;
    const target = event.currentTarget as HTMLCanvasElement;
    const before = arena;
    const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
      const box = target.getBoundingClientRect();
      return scaleFor(before, box.width, box.height).place(clientX - box.left, clientY - box.top);
    };
    const grip = gripAt(before, tool, selected, x, y, width, height);
    if (grip === undefined) {
      onSelect(null);
      return;
    }
    target.setPointerCapture(event.pointerId);
    onSelect(grip.kind === "move" ? grip.handle : grip.kind === "corner" ? grip.wall : null);
    let last: Arena = before;
    let told = 0;
    const move = (next: globalThis.PointerEvent): void => {
      if (next.pointerId !== event.pointerId) return;
      last = dragged(before, grip, placeOf(next)) ?? last;
      canvas.current?.redraw(paintDescent({ ...latest.current.picture, arena: last }));
      const now = performance.now();
      if (now - told < FOLLOW_MS) return;
      told = now;
      latest.current.game.change(last);
    };
    const end = (next: globalThis.PointerEvent): void => {
      if (next.pointerId !== event.pointerId) return;
      target.removeEventListener("pointermove", move);
      target.removeEventListener("pointerup", end);
      target.removeEventListener("pointercancel", end);
      if (next.type === "pointercancel") last = before;
      latest.current.game.change(last, before);
      if (grip.kind === "wall" && last.walls.length > before.walls.length) {
        onSelect(last.walls.length - 1);
        onDrawn();
      }
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
  };

  const onKey = (event: KeyboardEvent): void => {
    const by = arrows[event.key];
    const handle = selected ?? "goal";
    if (by !== undefined) {
      event.preventDefault();
      const far = event.shiftKey ? 5 : 1;
      onSelect(handle);
      game.change(moved(arena, handle, { x: far * by[0], y: far * by[1] }), arena);
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      const all: readonly Handle[] = ["goal", "start", ...arena.walls.keys()];
      onSelect(all[(all.indexOf(handle) + 1) % all.length]!);
    } else if ((event.key === "Delete" || event.key === "Backspace") && typeof handle === "number") {
      event.preventDefault();
      onSelect(null);
      game.change(withoutWall(arena, handle), arena);
    }
  };

  return (
    <Canvas
      ref={canvas}
      className="game-canvas"
      label={m.plane.label}
      ratio={ratioOf(arena)}
      paint={paint}
      onPoint={begin}
      onKey={onKey}
    />
  );
}

function gripAt(
  arena: Arena,
  tool: Tool,
  selected: Handle | null,
  px: number,
  py: number,
  width: number,
  height: number,
): Grip | undefined {
  const scale = scaleFor(arena, width, height);
  const from = scale.place(px, py);
  if (tool === "wall") return { kind: "wall", from };
  if (typeof selected === "number") {
    const anchor = cornerAt(arena, selected, scale, px, py);
    if (anchor !== undefined) return { kind: "corner", wall: selected, anchor };
  }
  const handle = handleAt(arena, scale, px, py);
  return handle === null ? undefined : { kind: "move", handle, from };
}
