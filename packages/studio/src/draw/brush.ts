import type { Palette } from "./palette.ts";

/** The part of a canvas that pictures are drawn with: small, so that a recorder can stand for it in tests. */
export type Context = Pick<
  CanvasRenderingContext2D,
  | "arc"
  | "beginPath"
  | "bezierCurveTo"
  | "clearRect"
  | "clip"
  | "closePath"
  | "drawImage"
  | "fill"
  | "fillRect"
  | "fillStyle"
  | "fillText"
  | "font"
  | "globalAlpha"
  | "imageSmoothingEnabled"
  | "lineCap"
  | "lineJoin"
  | "lineTo"
  | "lineWidth"
  | "measureText"
  | "moveTo"
  | "quadraticCurveTo"
  | "rect"
  | "restore"
  | "rotate"
  | "save"
  | "scale"
  | "setLineDash"
  | "stroke"
  | "strokeRect"
  | "strokeStyle"
  | "textAlign"
  | "textBaseline"
  | "translate"
>;

/** What a picture is drawn with. Lengths are CSS pixels; the resolution of the screen is seen to. */
export interface Brush {
  readonly context: Context;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  /** An image of `width` × `height` pixels of red, green, blue and alpha, for `drawImage`. */
  image(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): CanvasImageSource;
}

/** A picture: it depends on nothing but the brush and what it was made with. */
export type Paint = (brush: Brush) => void;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const font = (size = 12, weight = 400): string =>
  `${weight} ${size}px system-ui, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;
