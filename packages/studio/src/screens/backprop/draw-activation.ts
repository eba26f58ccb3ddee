import type { Brush, Paint } from "../../draw/brush.ts";
import { drawText } from "../../draw/text.ts";
import type { Curve } from "./cells.ts";

const MARGIN = 14;

/** An activation with the point of the pass on it, and its tangent there. */
export const paintActivation =
  ({ z, values, at, value, slope }: Curve, name: string, words: string): Paint =>
  (brush: Brush) => {
    const { context, palette, width, height } = brush;
    const [left, right] = [z[0]!, z[z.length - 1]!];
    let [low, high] = [Math.min(...values, value, 0), Math.max(...values, value, 0)];
    const spare = 0.12 * (high - low || 1);
    [low, high] = [low - spare, high + spare];
    const x = (u: number): number => MARGIN + ((width - 2 * MARGIN) * (u - left)) / (right - left);
    const y = (v: number): number => height - MARGIN - ((height - 2 * MARGIN) * (v - low)) / (high - low);
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(MARGIN, y(0));
    context.lineTo(width - MARGIN, y(0));
    context.moveTo(x(0), MARGIN);
    context.lineTo(x(0), height - MARGIN);
    context.stroke();
    context.strokeStyle = palette.positive;
    context.lineWidth = 2;
    context.beginPath();
    for (let i = 0; i < z.length; i++) {
      if (i === 0) context.moveTo(x(z[i]!), y(values[i]!));
      else context.lineTo(x(z[i]!), y(values[i]!));
    }
    context.stroke();
    // The tangent: as long on the screen wherever it is.
    const [dx, dy] = [x(1) - x(0), y(slope) - y(0)];
    const reach = 64 / (Math.hypot(dx, dy) || 1);
    context.strokeStyle = palette.negative;
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(x(at) - dx * reach, y(value) - dy * reach);
    context.lineTo(x(at) + dx * reach, y(value) + dy * reach);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = palette.text;
    context.beginPath();
    context.arc(x(at), y(value), 4.5, 0, 2 * Math.PI);
    context.fill();
    drawText(brush, name, MARGIN, 10, { size: 11.5, colour: palette.muted });
    drawText(brush, words, width - MARGIN, height - 8, { size: 11.5, colour: palette.negative, align: "right" });
  };
