import {
  compile,
  type Device,
  fromData,
  type Layer,
  linear,
  Rng,
  relu,
  type Sequential,
  sequential,
  type Tensor,
} from "glassnet";
import { type Arena, distance, type Point } from "./arena.ts";
import { CornerMap } from "./corner-map.ts";
import { policyInputs, Senses } from "./senses.ts";
import { Terrain } from "./terrain.ts";

/** The longest step of a policy, as a share of the plane's longer side. */
const LONGEST_STEP = 0.03;

/** A character's way to a goal under a policy. */
export interface Attempt {
  readonly start: Point;
  readonly goal: Point;
  /** All places, the start among them. */
  readonly path: readonly Point[];
  readonly isReached: boolean;
  readonly length: number;
  /** The shortest way from start to goal. */
  readonly shortest: number;
  /** Way over shortest way, what is left to the goal counted in; only if it was reached. */
  readonly ratio?: number;
}

/** A network that is told where it stands, where the goal is and what it feels of walls, and answers with a step. */
export interface Policy {
  readonly arena: Arena;
  readonly terrain: Terrain;
  readonly map: CornerMap;
  readonly senses: Senses;
  /** An ordinary model: inputs as `policyInputs` names them, two outputs, the direction of the step along x and y. */
  readonly model: Layer;
  /** The longest step. */
  readonly speed: number;
}

export interface PolicyOptions {
  /** Units of each of the two hidden layers. 64 by default. */
  readonly hidden?: number;
  /** Where start values come from. 0 by default. */
  readonly seed?: number;
}

/** The network of a policy, with fresh weights. */
export function policyModel({ hidden = 64, seed = 0 }: PolicyOptions = {}): Sequential {
  const rng = Rng.seeded(seed).fold("policy");
  return sequential(
    linear(policyInputs.length, hidden, { rng }),
    relu,
    linear(hidden, hidden, { rng }),
    relu,
    linear(hidden, 2, { rng }),
  );
}

/** A policy for an arena: with a model of one's own, such as one that was saved, or with fresh weights. */
export function createPolicy(arena: Arena, options: PolicyOptions = {}, model: Layer = policyModel(options)): Policy {
  const terrain = new Terrain(arena);
  const map = new CornerMap(terrain);
  const speed = LONGEST_STEP * Math.max(arena.width, arena.height);
  return { arena, terrain, map, senses: new Senses(terrain, map), model, speed };
}

/**
 * The step that the model's outputs u stand for: speed · u / √(1 + |u|²), never longer than `speed` and with a slope everywhere.
 *
 * Shapes: [n, 2] → [n, 2].
 */
export function stepOf(outputs: Tensor, speed: number): Tensor {
  const length = outputs.square().sum({ axes: 1, keepDims: true }).add(1).sqrt();
  return outputs.div(length).mul(speed);
}

/** Most steps of an attempt. */
export const MAX_STEPS = 150;

/** A goal counts as reached within so many radii of the character. */
export const ARRIVED = 1;

/**
 * Lets a policy walk to several goals at once, by the rules of the game: walls stop it exactly. `starts` are as many as
 * `goals`.
 */
export async function attempts(
  policy: Policy,
  starts: readonly Point[],
  goals: readonly Point[],
  { device, maxSteps = MAX_STEPS }: { device?: Device; maxSteps?: number } = {},
): Promise<Attempt[]> {
  const { senses, model, terrain, map, speed, arena } = policy;
  const n = goals.length;
  const pointsOf = (points: readonly Point[]): Tensor =>
    fromData(Float32Array.from(points.flatMap(({ x, y }) => [x, y])), [n, 2]);
  const step = compile(
    (places: Tensor, targets: Tensor) => stepOf(model.call(senses.inputs(places, targets)), speed),
    device === undefined ? {} : { device },
  );
  const paths = starts.map((start) => [start]);
  const at = [...starts];
  const target = pointsOf(goals);
  const arrived = ARRIVED * arena.radius;
  const isThere = (i: number): boolean => distance(at[i]!, goals[i]!) <= arrived;
  for (let k = 0; k < maxSteps && !at.every((_, i) => isThere(i)); k++) {
    const moves = await (await step(pointsOf(at), target)).data();
    for (let i = 0; i < n; i++) {
      if (isThere(i)) continue;
      const { x, y } = at[i]!;
      at[i] = terrain.move(at[i]!, { x: x + moves[2 * i]!, y: y + moves[2 * i + 1]! });
      paths[i]!.push(at[i]!);
    }
  }
  await step.release();
  return paths.map((path, i) => {
    const [start, goal, isReached] = [starts[i]!, goals[i]!, isThere(i)];
    const shortest = map.walkingDistance(start, goal);
    const length = path.reduce((sum, point, j) => (j === 0 ? 0 : sum + distance(path[j - 1]!, point)), 0);
    const ratio = (length + distance(path.at(-1)!, goal)) / shortest;
    return { start, goal, path, isReached, length, shortest, ...(isReached && shortest > 0 && { ratio }) };
  });
}
