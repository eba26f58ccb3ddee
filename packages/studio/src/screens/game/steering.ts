import type { Point } from "../../game/arena.ts";
import type { Race } from "./race.ts";

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Nearer than this to the finger nobody runs any more, in units of the plane. */
const AT_FINGER = 0.6;

export interface SteeringOptions {
  /** From pixels of the canvas to places on the plane. */
  readonly pointToPlane: (px: number, py: number) => Point;
  readonly onStatus: () => void;
  readonly onFrame: () => void;
}

/**
 * Lets a human run by keys that are held, or towards a finger or the mouse while it is down. The race begins with the first of them,
 * and pauses when the canvas loses the focus. Returns how to stop.
 */
export function steering(
  element: HTMLElement,
  race: Race,
  { pointToPlane, onStatus, onFrame }: SteeringOptions,
): () => void {
  const held = new Set<string>();
  let finger: Point | undefined;
  let frame = 0;
  let before = 0;

  const wish = (): Point => {
    if (finger) {
      const way = { x: finger.x - race.human.x, y: finger.y - race.human.y };
      return Math.hypot(way.x, way.y) < AT_FINGER ? { x: 0, y: 0 } : way;
    }
    return [...held].reduce((sum, key) => ({ x: sum.x + arrows[key]!.x, y: sum.y + arrows[key]!.y }), { x: 0, y: 0 });
  };
  const loop = (now: number): void => {
    const { status } = race;
    race.advance((now - before) / 1000, wish());
    before = now;
    onFrame();
    if (race.status !== status) onStatus();
    if (race.status === "running") frame = requestAnimationFrame(loop);
  };
  const begin = (): void => {
    if (race.status !== "ready" && race.status !== "paused") return;
    race.begin();
    onStatus();
    before = performance.now();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(loop);
  };
  const pause = (): void => {
    held.clear();
    finger = undefined;
    if (race.status !== "running") return;
    race.pause();
    onStatus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (Object.hasOwn(arrows, event.key)) {
      event.preventDefault();
      held.add(event.key);
      begin();
    } else if (event.key === " " || event.key === "Escape") {
      event.preventDefault();
      if (race.status === "running") pause();
      else if (event.key === " ") begin();
    }
  };
  const onKeyUp = (event: KeyboardEvent): void => void held.delete(event.key);
  const follow = (event: PointerEvent): void => {
    const { left, top } = element.getBoundingClientRect();
    finger = pointToPlane(event.clientX - left, event.clientY - top);
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button > 0) return;
    element.setPointerCapture(event.pointerId);
    follow(event);
    begin();
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (finger) follow(event);
  };
  const onPointerUp = (): void => {
    finger = undefined;
  };
  const stop = new AbortController();
  const { signal } = stop;
  element.addEventListener("keydown", onKeyDown, { signal });
  element.addEventListener("keyup", onKeyUp, { signal });
  element.addEventListener("blur", pause, { signal });
  element.addEventListener("pointerdown", onPointerDown, { signal });
  element.addEventListener("pointermove", onPointerMove, { signal });
  element.addEventListener("pointerup", onPointerUp, { signal });
  element.addEventListener("pointercancel", onPointerUp, { signal });
  return () => {
    cancelAnimationFrame(frame);
    stop.abort();
  };
}
