import type { Brush, Context } from "./brush.ts";
import { type Palette, palettes } from "./palette.ts";

/** One call of a method, or one property that was set, as `name = value`. */
export type Stroke = readonly [name: string, ...values: readonly unknown[]];

/** A brush that draws nothing and notes everything: pictures are tested with it in Node. */
export function recordingBrush(
  width: number,
  height: number,
  palette: Palette = palettes.light,
): { readonly brush: Brush; readonly strokes: Stroke[]; texts(): string[] } {
  const strokes: Stroke[] = [];
  const properties = new Map<string | symbol, unknown>();
  const context = new Proxy({} as Context, {
    get(_, name) {
      if (properties.has(name)) return properties.get(name);
      if (name === "measureText") return (text: string) => ({ width: 6 * text.length });
      return (...values: unknown[]) => void strokes.push([String(name), ...values]);
    },
    set(_, name, value) {
      properties.set(name, value);
      strokes.push([`${String(name)} =`, value]);
      return true;
    },
  });
  const image: Brush["image"] = (pixels, w, h) => ({ pixels, width: w, height: h }) as never;
  const texts = () => strokes.filter(([name]) => name === "fillText").map(([, text]) => String(text));
  return { brush: { context, width, height, palette, image }, strokes, texts };
}
