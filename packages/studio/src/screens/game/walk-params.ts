import type { GameLoss } from "../../game/losses.ts";

/** How one walks against the slope of a loss. */
export interface WalkSettings {
  readonly loss: GameLoss;
  readonly rate: number;
  readonly momentum: number;
  readonly noise: number;
  readonly seed: number;
}

/** What the sliders reach. Rates are on a logarithmic scale: powers of ten. */
export const walkLimits = {
  rate: { distance: [-1, 1], squared: [-3, 0.15], walking: [-1, 1] },
  momentum: { max: 0.95 },
  noise: { max: 3 },
} as const satisfies { rate: Record<GameLoss, readonly [number, number]>; momentum: object; noise: object };

/** Rates with which each loss comes to the goal: squares have long slopes, so their steps are shorter. */
export const startRates: Readonly<Record<GameLoss, number>> = { distance: 1, squared: 0.05, walking: 1 };

/** Steps after which a walk is stopped on this screen. */
export const MOST_STEPS = 600;

/** The losses in the order in which they are shown. */
export const lossNames = Object.keys(startRates) as readonly GameLoss[];
