import type { Paint } from "../../draw/brush.ts";

/** Learning rates one after the other as a line, from 0 at the bottom to the greatest at the top. */
export const paintSchedule =
  (rates: readonly number[]): Paint =>
  ({ context, width, height, palette }) => {
    const greatest = Math.max(...rates, Number.MIN_VALUE);
    const x = (i: number): number => 1 + ((width - 2) * i) / Math.max(1, rates.length - 1);
    const y = (rate: number): number => height - 2 - ((height - 6) * rate) / greatest;
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(0, height - 1.5);
    context.lineTo(width, height - 1.5);
    context.stroke();
    context.strokeStyle = palette.update;
    context.lineWidth = 1.5;
    context.beginPath();
    rates.forEach((rate, i) => {
      if (i === 0) context.moveTo(x(i), y(rate));
      else context.lineTo(x(i), y(rate));
    });
    context.stroke();
  };
