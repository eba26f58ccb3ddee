import { type Device, Rng } from "glassnet";
import { distance, type Point } from "./arena.ts";
import { drawPlace, FIELD, isTrainingGoal } from "./goal-split.ts";
import { type Attempt, attempts, type Policy } from "./policy.ts";

export interface ExamOptions {
  /** How many goals. 200 by default. */
  readonly goals?: number;
  /** Where starts and goals come from: of another kind than those of a training. 0 by default. */
  readonly seed?: number;
  /** "unseen" (default): goals on dark fields, never used in training. "seen": on light fields. */
  readonly fields?: "unseen" | "seen";
  readonly device?: Device;
}

export interface Exam {
  readonly attempts: readonly Attempt[];
  /** Share of the goals that were reached. */
  readonly share: number;
  /** Of the ways that reached their goals: way over shortest way. Without any, it is undefined. */
  readonly medianRatio?: number;
  readonly worstRatio?: number;
}

/** Goals nearer to the start than a field would ask for next to nothing. */
const LEAST_WAY = FIELD;

/** Sends a policy from random places to random goals, and measures how many it reaches and by which detours. */
export async function examine(policy: Policy, options: ExamOptions = {}): Promise<Exam> {
  const { goals: count = 200, seed = 0, fields = "unseen", device } = options;
  const { terrain } = policy;
  const rng = Rng.seeded(seed).fold(`exam ${fields}`);
  const starts: Point[] = [];
  const goals: Point[] = [];
  while (goals.length < count) {
    const start = drawPlace(terrain, rng);
    const goal = drawPlace(terrain, rng, (point) => isTrainingGoal(point) === (fields === "seen"));
    if (distance(start, goal) < LEAST_WAY) continue;
    starts.push(start);
    goals.push(goal);
  }
  const all = await attempts(policy, starts, goals, device === undefined ? {} : { device });
  const ratios = all.flatMap(({ ratio }) => ratio ?? []).sort((a, b) => a - b);
  const share = all.filter(({ isReached }) => isReached).length / count;
  if (ratios.length === 0) return { attempts: all, share };
  const half = ratios.length / 2;
  const medianRatio = (ratios[Math.ceil(half) - 1]! + ratios[Math.floor(half)]!) / 2;
  return { attempts: all, share, medianRatio, worstRatio: ratios.at(-1)! };
}
