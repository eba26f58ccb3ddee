import type { Paint } from "../../draw/brush.ts";
import { roundSteps } from "../../draw/contours.ts";
import { drawText } from "../../draw/text.ts";
import { brief } from "../../i18n/numbers.ts";

/** One line of the picture: how far a level lies from the mean, by each fit and in truth. */
export interface EffectLine {
  readonly name: string;
  readonly linear: number;
  readonly curved: number;
  readonly truth: number | null;
}

const LINE = 34;
const NAMES = 84;
const AXIS = 26;

export const effectsHeight = (lines: number): number => lines * LINE + AXIS;

/** Fixed effects beside each other: a square for the linear fit, a disc for the other, a cross for the truth. */
export const paintEffects =
  (lines: readonly EffectLine[]): Paint =>
  (brush) => {
    const { context, width, palette } = brush;
    const all = lines.flatMap(({ linear, curved, truth }) => [linear, curved, truth ?? 0, 0]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = (high - low || 1) * 0.08;
    const [least, most] = [low - room, high + room];
    const [left, right] = [Math.min(NAMES, width * 0.28), width - 14];
    const at = (value: number): number => left + ((right - left) * (value - least)) / (most - least);
    const bottom = lines.length * LINE;
    for (const tick of roundSteps(least, most, Math.max(2, (right - left) / 70))) {
      context.strokeStyle = tick === 0 ? palette.muted : palette.line;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(at(tick), 4);
      context.lineTo(at(tick), bottom);
      context.stroke();
      const sign = tick > 0 ? "+" : "";
      drawText(brush, `${sign}${brief(tick)}`, at(tick), bottom + 13, {
        size: 11,
        colour: palette.muted,
        align: "center",
      });
    }
    for (const [i, { name, linear, curved, truth }] of lines.entries()) {
      const y = i * LINE + LINE / 2;
      drawText(brush, name, 0, y, { size: 12.5 }, left - 10);
      const ends = [linear, curved, truth ?? curved].map(at);
      context.strokeStyle = palette.line;
      context.lineWidth = 5;
      context.lineCap = "round";
      context.beginPath();
      context.moveTo(Math.min(...ends), y);
      context.lineTo(Math.max(...ends), y);
      context.stroke();
      if (truth !== null) {
        context.strokeStyle = palette.text;
        context.lineWidth = 2;
        context.beginPath();
        context.moveTo(at(truth) - 6, y - 6);
        context.lineTo(at(truth) + 6, y + 6);
        context.moveTo(at(truth) - 6, y + 6);
        context.lineTo(at(truth) + 6, y - 6);
        context.stroke();
      }
      context.strokeStyle = palette.negative;
      context.lineWidth = 2;
      context.strokeRect(at(linear) - 5, y - 5, 10, 10);
      context.strokeStyle = palette.positive;
      context.beginPath();
      context.arc(at(curved), y, 5, 0, 2 * Math.PI);
      context.stroke();
    }
  };
