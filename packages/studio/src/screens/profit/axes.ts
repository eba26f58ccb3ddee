import type { LabInfo } from "./lab.ts";
import type { Plan } from "./plan.ts";
import type { Axis } from "./surface.ts";

/** The stretch of a number that is drawn: what the rows have, its bounds and its start, with a little room. */
export function axisOf(info: Pick<LabInfo, "numbers">, plan: Plan, which: number): Axis {
  const { at, low, high } = info.numbers[which]!;
  const { isKnob, low: least, high: most, start } = plan.numbers[which]!;
  const ends = [low, high, start, ...(isKnob ? [least, most] : [])];
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  const room = (to - from || 1) * 0.02;
  return { input: at, low: from - room, high: to + room };
}

/** Which two numbers a surface is drawn over: never the same twice. `undefined` where there is only one. */
export function axesOf(
  info: Pick<LabInfo, "numbers">,
  { across, up }: { readonly across: number; readonly up: number },
): readonly [across: number, up: number] | undefined {
  const last = info.numbers.length - 1;
  if (last < 1) return undefined;
  const fit = (which: number): number => Math.max(0, Math.min(last, Math.round(which)));
  const first = fit(across);
  const second = fit(up);
  return first === second ? [first, first === 0 ? 1 : 0] : [first, second];
}
