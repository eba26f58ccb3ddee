import {
  adam,
  compile,
  type Device,
  fromData,
  paramsOf,
  Rng,
  State,
  scalar,
  type Tensor,
  valueAndGrad,
  zeros,
} from "glassnet";
import { distance, type Point } from "./arena.ts";
import { drawPlace, isTrainingGoal } from "./goal-split.ts";
import { ARRIVED, type Policy, stepOf } from "./policy.ts";

export interface PolicyTrainingOptions {
  /** Reports; each is `updates` updates of the weights. 20 by default. */
  readonly epochs?: number;
  /** Updates of the weights in an epoch. 50 by default. */
  readonly updates?: number;
  /** Characters that walk at the same time. 128 by default. */
  readonly batchSize?: number;
  /** Steps through which the distance is traced back before the weights change. 10 by default. */
  readonly unroll?: number;
  /** The first rate of Adam; it falls to 0 along a cosine. 0.005 by default. */
  readonly learningRate?: number;
  /** Where starts and goals come from. 0 by default. */
  readonly seed?: number;
  /** Where to compute; the default device otherwise. */
  readonly device?: Device;
  readonly signal?: AbortSignal;
}

/** What an epoch of training brought. */
export interface PolicyEpoch {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Updates of the weights so far. */
  readonly updates: number;
  /** Mean walking distance to the goal over all characters and steps. */
  readonly loss: number;
  /** Attempts that ended: at the goal, or given up. */
  readonly attempts: number;
  readonly reached: number;
}

/** Steps after which an attempt is given up, and another begins. */
const PATIENCE = 500;

/** How far inside of a wall single precision may put what stands at its edge. */
const ROUNDING = 1e-3;

/**
 * What the square of the outputs costs. Without it they grow without end to make steps a little longer, and the longer they
 * are, the less a gradient can turn them.
 */
const CALM = 0.02;

/** How long others may have to wait, in milliseconds. */
const SLICE_MS = 30;

/** A character on its way. */
interface Walker {
  place: Point;
  goal: Point;
  /** From each corner to the goal. */
  onwards: Float64Array;
  steps: number;
}

/**
 * Teaches a policy by tracing distances back through its own steps. Many characters walk at once, each to a training goal of its
 * own. Every update unrolls a few steps of all of them in one program,
 *
 *   x₁ = x₀ + step(policy(x₀, goal)), x₂ = x₁ + step(policy(x₁, goal)), …      loss = mean over t of distance(x_t, goal)
 *
 * and the gradient for the weights goes back through all of these steps. The distance is the walking distance, so it leads
 * around walls. Then the characters walk on from where they are: so the policy learns in the places into which it brings itself,
 * also where it is caught. An attempt ends at the goal or after 500 steps.
 *
 * Goals come from the light fields only; see `goal-split.ts`. With the same seed the same bits.
 */
export async function* trainPolicy(
  policy: Policy,
  options: PolicyTrainingOptions = {},
): AsyncGenerator<PolicyEpoch, void> {
  const { epochs = 20, updates = 50, batchSize = 128, unroll = 10, learningRate = 0.005, seed = 0 } = options;
  const { terrain, map, arena } = policy;
  const corners = map.corners.length;
  const rng = Rng.seeded(seed).fold("attempts");
  const optimizer = adam();
  const update = compileUpdate(policy, unroll, optimizer, options.device);
  const send = (walker?: Walker): Walker => {
    const goal = drawPlace(terrain, rng, isTrainingGoal);
    const onwards = map.distancesTo(goal);
    return Object.assign(walker ?? { steps: 0 }, { place: drawPlace(terrain, rng), goal, onwards, steps: 0 });
  };
  const walkers = Array.from({ length: batchSize }, () => send());
  const arrived = ARRIVED * arena.radius;
  const total = epochs * updates;
  let count = 0;
  let sliceBegan = performance.now();
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      let [losses, attempts, reached] = [0, 0, 0];
      for (let i = 0; i < updates; i++) {
        if (options.signal?.aborted === true) return;
        const rate = (learningRate / 2) * (1 + Math.cos((Math.PI * count) / total));
        const numbers = optimizer.scalars(++count, rate);
        const [loss, ends] = await update(walkers, corners, numbers);
        losses += loss / updates;
        for (const [j, walker] of walkers.entries()) {
          walker.place = { x: ends[2 * j]!, y: ends[2 * j + 1]! };
          walker.steps += unroll;
          if (!terrain.isFree(walker.place, ROUNDING)) {
            send(walker); // a gap between walls was smaller than rounding
            continue;
          }
          const isThere = distance(walker.place, walker.goal) <= arrived;
          if (!isThere && walker.steps < PATIENCE) continue;
          attempts++;
          if (isThere) reached++;
          send(walker);
        }
        if (performance.now() - sliceBegan > SLICE_MS) {
          await letOthersRun();
          sliceBegan = performance.now();
        }
      }
      yield { epoch, epochs, updates: count, loss: losses, attempts, reached };
    }
  } finally {
    await update.release();
  }
}

/** One update of the weights as one program. */
function compileUpdate(policy: Policy, unroll: number, optimizer: ReturnType<typeof adam>, device?: Device) {
  const { model, senses, speed } = policy;
  const params = [...paramsOf(model)];
  const slots = params.map(([, param]) =>
    Object.fromEntries(optimizer.slots.map((name) => [name, new State(zeros(param.shape))])),
  );
  const program = compile(
    (places: Tensor, goals: Tensor, onwards: Tensor, scalars: { readonly [name: string]: Tensor }) => {
      let ends = places;
      const lossOf = (wrt: typeof model): Tensor => {
        let at = places;
        let sum: Tensor = scalar(0);
        for (let t = 0; t < unroll; t++) {
          const outputs = wrt.call(senses.inputs(at, goals));
          at = senses.move(at, at.add(stepOf(outputs, speed)));
          const calm = outputs.square().sum({ axes: 1 }).mean().mul(CALM);
          sum = sum.add(senses.walkingDistances(at, goals, onwards).mean()).add(calm);
        }
        ends = at;
        return sum.div(unroll);
      };
      const { value, grads } = valueAndGrad(lossOf)(model);
      for (const [i, [path, param]] of params.entries()) {
        const kept = Object.fromEntries(Object.entries(slots[i]!).map(([name, state]) => [name, state.value]));
        const [next, after] = optimizer.update(param.value, grads[path]!, kept, scalars);
        param.assign(next);
        for (const [name, state] of Object.entries(slots[i]!)) state.assign(after[name]!);
      }
      return { value, ends };
    },
    device === undefined ? {} : { device },
  );
  const update = async (
    walkers: readonly Walker[],
    corners: number,
    numbers: Readonly<Record<string, number>>,
  ): Promise<[loss: number, ends: ArrayLike<number>]> => {
    const n = walkers.length;
    const pairs = (pick: (walker: Walker) => Point): Tensor =>
      fromData(Float32Array.from(walkers.flatMap((walker) => [pick(walker).x, pick(walker).y])), [n, 2]);
    const onwards = new Float32Array(n * corners);
    for (const [i, walker] of walkers.entries()) onwards.set(walker.onwards, i * corners);
    const scalars = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, scalar(x)]));
    const made = await program(
      pairs(({ place }) => place),
      pairs(({ goal }) => goal),
      fromData(onwards, [n, corners]),
      scalars,
    );
    return [await made.value.item(), await made.ends.data()];
  };
  return Object.assign(update, { release: () => program.release() });
}

/** Lets messages and drawing in between. A timer would wait at least four milliseconds in a browser. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
