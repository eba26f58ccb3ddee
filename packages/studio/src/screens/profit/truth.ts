import { type CompanyMonth, companyOptimum, companyProfit, companyRow, seasons } from "glassnet";

/** @file What the company really earns: the formula that made its books, without the noise. */

/** Inputs in the order of `companyInputs` as a month. The season is the greatest of its four inputs. */
export function monthOf(inputs: ArrayLike<number>): CompanyMonth {
  const [price = 0, marketing = 0, competitor = 0, ...levels] = Array.from(inputs);
  const season = seasons[levels.indexOf(Math.max(...levels))] ?? seasons[0];
  return { price, marketing: Math.max(0, marketing), competitor, season };
}

export const trueProfit = (inputs: ArrayLike<number>): number => companyProfit(monthOf(inputs));

type Bounds = readonly [low: number, high: number];

/** The best month within the bounds of all three numbers, exactly. An input that stays has equal bounds. */
export function bestMonth(
  inputs: ArrayLike<number>,
  [price, marketing, competitor]: readonly [price: Bounds, marketing: Bounds, competitor: Bounds],
): { readonly inputs: readonly number[]; readonly profit: number } {
  const { season } = monthOf(inputs);
  const budget: Bounds = [Math.max(0, marketing[0]), Math.max(0, marketing[1])];
  // For given decisions profit is linear in the competitor's price: its best value is at an end.
  const ends = competitor.map((asked) => companyOptimum({ competitor: asked, season }, { price, marketing: budget }));
  const best = ends.reduce((a, b) => (b.profit > a.profit ? b : a));
  return { inputs: companyRow(best), profit: best.profit };
}
