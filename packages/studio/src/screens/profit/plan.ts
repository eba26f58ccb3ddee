import type { LabInfo } from "./lab.ts";
import type { Knob } from "./search.ts";

/** What the search may do with one number. */
export interface NumberPlan {
  readonly start: number;
  readonly isKnob: boolean;
  readonly low: number;
  readonly high: number;
}

/** Where a search begins and what it may turn: a number each, and one level for each column of words. */
export interface Plan {
  readonly numbers: readonly NumberPlan[];
  readonly levels: readonly number[];
}

type Described = Pick<LabInfo, "isCompany" | "numbers" | "levels" | "inputNames">;

/** Names of what is mostly decided, and not merely given. */
const decisions = /price|marketing|advert|budget|spend|promo|discount|价|营销|广告|预算|促销|折扣/i;

/** At first prices and budgets are turned, or the two leading numbers, within what was tried so far. */
export function firstPlan({ isCompany, numbers, levels }: Described): Plan {
  const isDecided = numbers.map(({ name }) => decisions.test(name) && !/compet|对手/i.test(name));
  const hasDecisions = isDecided.includes(true);
  return {
    numbers: numbers.map(({ start, bounds }, i) => ({
      start,
      isKnob: hasDecisions ? isDecided[i]! : i < 2,
      low: bounds[0],
      high: bounds[1],
    })),
    levels: levels.map(() => (isCompany ? 2 : 0)), // summer
  };
}

/** A plan as a short text, for the address of the page. */
export const planText = ({ numbers, levels }: Plan): string =>
  JSON.stringify([numbers.map(({ start, isKnob, low, high }) => [start, Number(isKnob), low, high]), levels]);

/** Reads a plan; what does not fit the table is as at first. Whatever a link holds, starts lie within their bounds. */
export function readPlan(text: string, info: Described): Plan {
  const first = firstPlan(info);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return first;
  }
  if (!Array.isArray(found) || !Array.isArray(found[0]) || !Array.isArray(found[1])) return first;
  const [numbers, levels] = found as [unknown[], unknown[]];
  if (numbers.length !== info.numbers.length || levels.length !== info.levels.length) return first;
  return {
    numbers: first.numbers.map((standard, i) => {
      const row: unknown = numbers[i];
      if (!Array.isArray(row) || row.length !== 4 || !row.every(Number.isFinite)) return standard;
      const [start, isKnob, low, high] = row as [number, number, number, number];
      return within({ start, isKnob: isKnob !== 0, low: Math.min(low, high), high: Math.max(low, high) });
    }),
    levels: info.levels.map(({ levels: all }, k) => {
      const level = levels[k];
      return Number.isInteger(level) && (level as number) >= 0 && (level as number) < all.length
        ? (level as number)
        : first.levels[k]!;
    }),
  };
}

/** A knob begins within its bounds; what stays may be anything. */
export function within(plan: NumberPlan): NumberPlan {
  return plan.isKnob ? { ...plan, start: Math.min(plan.high, Math.max(plan.low, plan.start)) } : plan;
}

/** The plan with another one for one number. */
export const withNumber = (plan: Plan, at: number, change: Partial<NumberPlan>): Plan => ({
  ...plan,
  numbers: plan.numbers.map((one, i) => (i === at ? within({ ...one, ...change }) : one)),
});

/** All inputs at the start, the unfolded words too. */
export function startOf({ numbers, levels }: Plan, info: Described): number[] {
  const start = new Array<number>(info.inputNames.length).fill(0);
  for (const [i, { start: value }] of numbers.entries()) start[info.numbers[i]!.at] = value;
  for (const [k, level] of levels.entries()) start[info.levels[k]!.at + level] = 1;
  return start;
}

/** What may be turned. Equal bounds leave no room, so the input stays. */
export const knobsOf = ({ numbers }: Plan): Knob[] =>
  numbers.flatMap(({ isKnob, low, high }, input) => (isKnob && low < high ? [{ input, low, high }] : []));
