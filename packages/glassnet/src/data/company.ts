import { alternatives, UsageError } from "../core/errors.ts";
import { checkNames, checkOption, type OptionTable } from "../core/option.ts";
import { Rng } from "../core/random.ts";
import { describeValue } from "../core/tree.ts";
import { type Dataset, dataset } from "./dataset.ts";

/** @file A company whose books are made up, so that the best price is known: what a network finds can be compared with it. */

/** The seasons, in the order of their columns. */
export const seasons = ["winter", "spring", "summer", "autumn"] as const;

export type Season = (typeof seasons)[number];

/** The names of the inputs of `companyData`, in order: the season is four columns, of which one is 1. */
export const companyInputs = ["price", "marketing", "competitor", ...seasons] as const;

/** One month of one of its shops. Money in euros for a price and in thousands of euros elsewhere. */
export interface CompanyMonth {
  /** What one piece costs, in euros. */
  readonly price: number;
  /** What was spent on marketing, in thousands of euros. */
  readonly marketing: number;
  /** What the competitor asks for one piece, in euros. */
  readonly competitor: number;
  readonly season: Season;
}

/** What the company could do: the decisions between which it chooses. */
export interface CompanyBounds {
  readonly price: readonly [low: number, high: number];
  readonly marketing: readonly [low: number, high: number];
}

/** The prices and marketing budgets that the company has tried. */
export const companyBounds: CompanyBounds = { price: [15, 40], marketing: [2, 80] };

/** The numbers of the formula in `companyProfit`. */
export const companyTruth = {
  /** What one piece costs to make, in euros. */
  unitCost: 12,
  /** Thousands of pieces that would be sold at price 0, without marketing and without a competitor. */
  demand: 40,
  /** Thousands of pieces fewer for each euro of the price. */
  perPrice: 1.5,
  /** Thousands of pieces more for each euro that the competitor asks. */
  perCompetitor: 0.6,
  /** Thousands of pieces more for each unit of √marketing: the first thousand euros help most. */
  perRootMarketing: 0.9,
  /** Rent and wages of a month, in thousands of euros. */
  fixedCosts: 100,
  /** The fixed effect of each season on the profit, in thousands of euros. They add up to 0. */
  seasonEffects: { winter: -24, spring: -4, summer: 10, autumn: 18 },
} as const;

/**
 * The true profit of a month in thousands of euros, without the noise of `companyData`:
 *
 *   demand = 40 − 1.5 · price + 0.6 · competitor + 0.9 · √marketing        in thousands of pieces
 *   profit = (price − 12) · demand − marketing − 100 + effect of the season
 *
 * The effects are −24 in winter, −4 in spring, +10 in summer and +18 in autumn. Profit bends in the price (a high one
 * frightens buyers away) and in the marketing (the second thousand helps less than the first), so both have a best value.
 *
 * @throws UsageError for an unknown season or a budget below 0.
 * @example companyProfit({ price: 26, marketing: 40, competitor: 25, season: "summer" }); // 173.68…
 */
export function companyProfit(month: CompanyMonth): number {
  const { price, marketing, competitor, season } = month;
  const t = companyTruth;
  checkSeason("companyProfit", season);
  if (!(marketing >= 0)) {
    const what = `marketing must be a number of at least 0, got ${describeValue(marketing)}`;
    throw new UsageError("invalid-option", "companyProfit", what);
  }
  const demand =
    t.demand - t.perPrice * price + t.perCompetitor * competitor + t.perRootMarketing * Math.sqrt(marketing);
  return (price - t.unitCost) * demand - marketing - t.fixedCosts + t.seasonEffects[season];
}

/** The best decision in a season, and what it earns. */
export interface CompanyOptimum extends CompanyMonth {
  readonly profit: number;
}

/**
 * The decision with the greatest true profit, exactly. With k = price − 12 and u = √marketing the profit is
 *
 *   k · (40 − 1.5 · (k + 12) + 0.6 · competitor + 0.9 · u) − u² + …
 *
 * It is concave in k and u, so that the greatest value within bounds is where both slopes are 0, or on an edge where the
 * slope along it is 0, or at a corner:
 *
 *   ∂/∂u = 0:  u = 0.9 · k / 2        ∂/∂k = 0:  k = (40 − 1.5 · 12 + 0.6 · competitor + 0.9 · u) / (2 · 1.5)
 *
 * @throws UsageError for an unknown season, or bounds that are empty.
 * @example companyOptimum({ competitor: 25, season: "summer" }); // price 26.25…, marketing 41.16…, profit 173.77…
 */
export function companyOptimum(
  given: Pick<CompanyMonth, "competitor" | "season">,
  bounds: CompanyBounds = companyBounds,
): CompanyOptimum {
  const { competitor, season } = given;
  checkSeason("companyOptimum", season);
  checkBounds(bounds);
  const t = companyTruth;
  const clip = (x: number, [low, high]: readonly [number, number]): number => Math.min(high, Math.max(low, x));
  const { price: prices, marketing: budgets } = bounds;
  const base = t.demand - t.perPrice * t.unitCost + t.perCompetitor * competitor;
  const bestPrice = (marketing: number): number =>
    clip(t.unitCost + (base + t.perRootMarketing * Math.sqrt(marketing)) / (2 * t.perPrice), prices);
  const bestMarketing = (price: number): number =>
    clip(((t.perRootMarketing * Math.max(0, price - t.unitCost)) / 2) ** 2, budgets);
  // Both slopes 0: put u = e k / 2 into k = (base + e u) / (2 b).
  const inner = t.unitCost + base / (2 * t.perPrice - t.perRootMarketing ** 2 / 2);
  const candidates = [inner, ...prices, ...budgets.map(bestPrice)].map((price) => {
    const within = clip(price, prices);
    return { price: within, marketing: bestMarketing(within) };
  });
  for (const marketing of budgets) candidates.push({ price: bestPrice(marketing), marketing });
  const all = candidates.map((one) => {
    const month = { ...one, competitor, season };
    return { ...month, profit: companyProfit(month) };
  });
  return all.reduce((best, one) => (one.profit > best.profit ? one : best));
}

/** The options of `companyData`: checks, defaults and help. */
export const companyOptions = {
  rows: { kind: "integer", min: 8, max: 1_000_000, default: 1200, help: "how many months" },
  noise: { kind: "number", min: 0, default: 8, help: "standard deviation of what nobody can foresee, in thousands" },
  seed: { kind: "integer", min: 0, max: Number.MAX_SAFE_INTEGER, default: 0, help: "where all randomness comes from" },
} as const satisfies OptionTable;

export interface CompanyOptions {
  /** How many months; the seasons take turns. 1,200 by default: a hundred shops in one year. */
  readonly rows?: number;
  /** Standard deviation of the noise in the profit, in thousands of euros. 8 by default. */
  readonly noise?: number;
  readonly seed?: number;
}

/**
 * Makes the books of the company: months of its shops, with what was decided, what the competitor did, and the profit with noise.
 *
 * - competitor: normal, 25 ± 3 euros, cut off at 15 and 35
 * - price: the competitor's and a normal 0 ± 6 euros, cut off at 15 and 40, so that extreme prices are rare
 * - marketing: 2 + 78 · v² thousand euros with v uniform in [0, 1), so that large budgets are rare
 * - season: winter, spring, summer, autumn in turn, three months each
 * - profit: `companyProfit` and normal noise
 *
 * Shapes: inputs [rows, 7], named by `companyInputs`, in their own units; targets [rows, 1], thousands of euros.
 *
 * @throws UsageError for options out of range.
 * @example const books = companyData({ seed: 1 });
 */
export function companyData(options: CompanyOptions = {}): Dataset {
  const where = "companyData";
  checkNames(where, companyOptions, options);
  const rows = options.rows ?? companyOptions.rows.default;
  const noise = options.noise ?? companyOptions.noise.default;
  const seed = options.seed ?? companyOptions.seed.default;
  checkOption(where, "rows", companyOptions.rows, rows);
  checkOption(where, "noise", companyOptions.noise, noise);
  checkOption(where, "seed", companyOptions.seed, seed);
  const rng = Rng.seeded(seed).fold(where);
  const width = companyInputs.length;
  const inputs = new Float32Array(rows * width);
  const targets = new Float32Array(rows);
  const normals = rng.normal([rows, 3], 0, 1, "f64").data;
  const cut = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
  const [lowPrice, highPrice] = companyBounds.price;
  const [lowBudget, highBudget] = companyBounds.marketing;
  for (let row = 0; row < rows; row++) {
    const competitor = Math.fround(cut(25 + 3 * normals[3 * row]!, 15, 35));
    const price = Math.fround(cut(competitor + 6 * normals[3 * row + 1]!, lowPrice, highPrice));
    const marketing = Math.fround(lowBudget + (highBudget - lowBudget) * rng.next() ** 2);
    const season = seasons[Math.floor(row / 3) % seasons.length]!;
    const at = row * width;
    inputs.set([price, marketing, competitor], at);
    inputs[at + 3 + seasons.indexOf(season)] = 1;
    targets[row] = companyProfit({ price, marketing, competitor, season }) + noise * normals[3 * row + 2]!;
  }
  return dataset({
    name: "company",
    inputs: { dtype: "f32", shape: [rows, width], data: inputs },
    targets: { dtype: "f32", shape: [rows, 1], data: targets },
  });
}

/** The inputs of one month as a row of `companyData`. @throws UsageError for an unknown season. */
export function companyRow({ price, marketing, competitor, season }: CompanyMonth): number[] {
  checkSeason("companyRow", season);
  return [price, marketing, competitor, ...seasons.map((one) => Number(one === season))];
}

function checkSeason(where: string, season: string): void {
  if ((seasons as readonly string[]).includes(season)) return;
  const what = `unknown season ${describeValue(season)}: expected ${alternatives(seasons)}`;
  throw new UsageError("invalid-option", where, what);
}

function checkBounds(bounds: CompanyBounds): void {
  for (const name of ["price", "marketing"] as const) {
    const [low, high] = bounds[name];
    if (Number.isFinite(low) && Number.isFinite(high) && low <= high && (name === "price" || low >= 0)) continue;
    const what = `the bounds of ${name} must be two finite numbers, the second at least the first, got ${low} and ${high}`;
    throw new UsageError("invalid-option", "companyOptimum", what);
  }
}
