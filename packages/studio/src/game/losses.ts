import { compile, type Device, fromData, type Tensor, valueAndGrad } from "glassnet";
import type { Point } from "./arena.ts";
import type { Terrain } from "./terrain.ts";

/**
 * What the character makes small:
 *
 * - "distance": the straight distance to the goal. Its slope is 1 everywhere, so that steps stay equally long.
 * - "squared": the square of it. Its slope shrinks on the way, and the steps with it.
 * - "walking": the length of the shortest way around the walls. Without walls it is the distance.
 */
export const gameLosses = ["distance", "squared", "walking"] as const;

export type GameLoss = (typeof gameLosses)[number];

/** A loss at a point, and its gradient: the direction of steepest ascent, as long as the slope. */
export interface GameSlope {
  readonly loss: number;
  readonly gradient: Point;
}

/** Takes an anchor that is not in sight out of the minimum. */
const OUT_OF_SIGHT = 1e12;

/** So that the distance has a slope at the goal itself, where a cone has none: there it is 0. */
const ROUNDED = 1e-12;

/** √(Δx² + Δy²) from points [n, 2] to one place, or to each of k places [k, 2]: [n] or [n, k]. */
const distances = (points: Tensor, places: Tensor): Tensor => {
  const n = points.shape[0]!;
  const k = places.shape[0]!;
  const between = points.reshape([n, 1, 2]).sub(places.reshape([1, k, 2])); // [n, k, 2]
  return between.square().sum({ axes: 2 }).add(ROUNDED).sqrt(); // [n, k]
};

/** A loss of the game as a program of the library, with the library's gradient. */
export class LossField {
  readonly terrain: Terrain;
  readonly loss: GameLoss;
  readonly #losses: (points: Tensor, hidden: Tensor) => Tensor;
  readonly #values: (points: Tensor, hidden: Tensor) => Promise<Tensor>;
  readonly #slopes: (points: Tensor, hidden: Tensor) => Promise<{ values: Tensor; gradients: Tensor }>;

  /** In f64, which the reference backend computes. */
  constructor(terrain: Terrain, loss: GameLoss, device: Device) {
    this.terrain = terrain;
    this.loss = loss;
    const { anchors } = terrain;
    const { x, y } = terrain.arena.goal;
    const goal = fromData(Float64Array.of(x, y), [1, 2]);
    const places = fromData(Float64Array.from(anchors.flatMap((anchor) => [anchor.x, anchor.y])), [anchors.length, 2]);
    const onwards = fromData(Float64Array.from(anchors.map(({ toGoal }) => toGoal)), [1, anchors.length]);
    this.#losses = (points, hidden) => {
      switch (loss) {
        case "distance":
          return distances(points, goal).reshape([points.shape[0]!]);
        case "squared":
          return points.sub(goal).square().sum({ axes: 1 });
        case "walking": // through the anchor in sight that makes the way shortest
          return distances(points, places).add(onwards).add(hidden).min({ axes: 1 });
      }
    };
    this.#values = compile((points: Tensor, hidden: Tensor) => this.#losses(points, hidden), { device });
    this.#slopes = compile(
      (points: Tensor, hidden: Tensor) => {
        // Each point's loss depends on that point alone, so the gradient of the sum holds the gradient of each.
        const values = this.#losses(points, hidden);
        const gradients = valueAndGrad((all: Tensor) => this.#losses(all, hidden).sum())(points).grads;
        return { values, gradients };
      },
      { device },
    );
  }

  /** Which anchors a point does not see: an addend for each. Sight is a yes or no without a slope, so it is given. */
  #hidden(points: readonly Point[]): Tensor {
    const { anchors } = this.terrain;
    const hidden = new Float64Array(points.length * anchors.length);
    if (this.loss === "walking") {
      for (const [i, point] of points.entries()) {
        for (const [j, anchor] of anchors.entries()) {
          if (!this.terrain.canSee(point, anchor)) hidden[i * anchors.length + j] = OUT_OF_SIGHT;
        }
      }
    }
    return fromData(hidden, [points.length, anchors.length]);
  }

  static #tensor(points: readonly Point[]): Tensor {
    return fromData(Float64Array.from(points.flatMap(({ x, y }) => [x, y])), [points.length, 2]);
  }

  /** Loss and gradient at a point; an infinite loss and no gradient where no way leads to the goal. */
  async at(point: Point): Promise<GameSlope> {
    const { values, gradients } = await this.#slopes(LossField.#tensor([point]), this.#hidden([point]));
    const [loss] = await values.data();
    const [x, y] = await gradients.data();
    if (loss! >= OUT_OF_SIGHT) return { loss: Number.POSITIVE_INFINITY, gradient: { x: 0, y: 0 } };
    return { loss: loss!, gradient: { x: x!, y: y! } };
  }

  /** The losses of many points at once, for a map of the plane; infinite where no way leads to the goal. */
  async many(points: readonly Point[]): Promise<Float64Array> {
    const values = await this.#values(LossField.#tensor(points), this.#hidden(points));
    return Float64Array.from(await values.data(), (loss) => (loss >= OUT_OF_SIGHT ? Number.POSITIVE_INFINITY : loss));
  }
}
