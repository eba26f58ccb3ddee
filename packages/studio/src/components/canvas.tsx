import { type KeyboardEvent, type PointerEvent, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { Brush, Paint } from "../draw/brush.ts";
import { palettes } from "../draw/palette.ts";
import { useTheme } from "./theme.tsx";

/** A place on a canvas in CSS pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface CanvasHandle {
  /** Draws again at the next frame; many calls before it draw once. Give a new picture, or have the last one again. */
  redraw(paint?: Paint): void;
}

export interface CanvasProps {
  /** What it shows, in words: for readers who do not see it. */
  readonly label: string;
  /** Height in CSS pixels, or the ratio of width to height. The width is that of the place it stands in. */
  readonly height?: number;
  readonly ratio?: number;
  /** The picture. A new function is drawn at the next frame. */
  readonly paint: Paint;
  readonly ref?: Ref<CanvasHandle>;
  readonly className?: string;
  /** With one of these the canvas takes the keyboard's focus and is announced as a control. */
  readonly onPoint?: (point: Point, event: PointerEvent) => void;
  readonly onHover?: (point: Point | null) => void;
  readonly onKey?: (event: KeyboardEvent) => void;
}

function imageOf(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): CanvasImageSource {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/**
 * A picture drawn by a pure function, sharp on every screen, in the colours of the theme. It is drawn again when the function, the
 * size or the theme changes, never more than once a frame, and not while it is scrolled away.
 */
export function Canvas({ label, height, ratio, paint, ref, className, onPoint, onHover, onKey }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const state = useRef({ paint, frame: 0, theme, isSeen: true });
  state.current.theme = theme;

  const redraw = useRef((next?: Paint) => {
    if (next !== undefined) state.current.paint = next;
    if (state.current.frame !== 0 || !state.current.isSeen) return;
    state.current.frame = requestAnimationFrame(() => {
      state.current.frame = 0;
      if (canvas.current !== null) drawOn(canvas.current, state.current.paint, state.current.theme);
    });
  });

  useImperativeHandle(ref, () => ({ redraw: (next?: Paint) => redraw.current(next) }), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme is a reason to draw again
  useEffect(() => redraw.current(paint), [paint, theme]);

  useEffect(() => {
    const observer = new ResizeObserver(() => redraw.current());
    const { current } = state;
    // What is scrolled away is drawn when it comes back, and not before.
    const seen = new IntersectionObserver(
      (entries) => {
        current.isSeen = entries.at(-1)?.isIntersecting ?? true;
        if (current.isSeen) redraw.current();
      },
      { rootMargin: "100px" },
    );
    if (canvas.current !== null) {
      observer.observe(canvas.current);
      seen.observe(canvas.current);
    }
    return () => {
      observer.disconnect();
      seen.disconnect();
      cancelAnimationFrame(current.frame);
      current.frame = 0;
    };
  }, []);

  const pointOf = (event: PointerEvent): Point => {
    const { left, top, width, height: tall } = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top, width, height: tall };
  };
  const isControl = onPoint !== undefined || onKey !== undefined;
  return (
    <canvas
      ref={canvas}
      className={`canvas ${isControl ? "canvas-control" : ""} ${className ?? ""}`}
      style={{ ...(height !== undefined && { height }), ...(ratio !== undefined && { aspectRatio: ratio }) }}
      role={isControl ? "application" : "img"}
      aria-label={label}
      tabIndex={isControl ? 0 : undefined}
      onPointerDown={onPoint && ((event) => onPoint(pointOf(event), event))}
      onPointerMove={onHover && ((event) => onHover(pointOf(event)))}
      onPointerLeave={onHover && (() => onHover(null))}
      onKeyDown={onKey}
    />
  );
}

function drawOn(canvas: HTMLCanvasElement, paint: Paint, theme: "light" | "dark"): void {
  const { width, height } = canvas.getBoundingClientRect();
  const context = canvas.getContext("2d");
  if (context === null || width === 0 || height === 0) return;
  const ratio = Math.min(3, window.devicePixelRatio);
  const [wide, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== tall) {
    canvas.width = wide;
    canvas.height = tall;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const brush: Brush = { context, width, height, palette: palettes[theme], image: imageOf };
  context.save();
  paint(brush);
  context.restore();
}
