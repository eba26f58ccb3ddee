import type { Ablation } from "glassnet";
import type { ExampleParams } from "../../worker/example.ts";

/** @file The test of an explanation, as page and worker speak of it. */

export interface QuestionParams {
  readonly example: ExampleParams;
  readonly classIndex: number;
  /** "Why this and not that"; why this at all for `null`. */
  readonly versus: number | null;
}

export interface RemovalParams extends QuestionParams {
  readonly count: number;
}

/** How many random choices of units the strongest ones are compared with. */
export const DRAWS = 200;

export interface Removal extends Ablation {
  /** Path of the linear layer whose units were removed. */
  readonly unitsOf: string;
  readonly active: number;
  readonly count: number;
  readonly step: number;
}
