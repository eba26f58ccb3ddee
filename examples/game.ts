/**
 * A character on a plane looks for a goal. Its coordinates are known, the way is not. The loss is the distance to the goal; the
 * gradient of the loss says in which direction it rises most, so every step goes against it. Then a wall stands in the way, and
 * at last a small network learns to walk, by tracing the distance back through its own steps.
 *
 *   npx tsx examples/game.ts
 */
import { fileURLToPath } from "node:url";
import {
  adam,
  compile,
  concat,
  fromArray,
  type Layer,
  linear,
  minimum,
  paramsOf,
  Rng,
  relu,
  State,
  scalar,
  sequential,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "glassnet";

type Point = readonly [x: number, y: number];

const start: Point = [10, 40];
const goal: Point = [80, 10];

/** A thin wall from (45, 5) down to (45, 60), in the way from the start to the goal. */
const wall = { x: 45, top: 5, bottom: 60 };

const between = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(ax - bx, ay - by);

/** Where the straight way from a to b meets the wall, if it does. */
function crossing([ax, ay]: Point, [bx, by]: Point): Point | undefined {
  if ((ax - wall.x) * (bx - wall.x) >= 0) return undefined;
  const y = ay + ((wall.x - ax) / (bx - ax)) * (by - ay);
  return y > wall.top && y < wall.bottom ? [wall.x, y] : undefined;
}

/** √(Δx² + Δy²) of a place [2] and a point; the tiny number gives it a slope of 0 where both are the same. */
const distance = (place: Tensor, [x, y]: Point): Tensor =>
  place
    .sub(tensor([x, y], { dtype: "f64" }))
    .square()
    .sum()
    .add(1e-12)
    .sqrt();

/** Losses of a place [2]. The walking distance goes around an end of the wall where the goal is out of sight. */
const losses = {
  distance: (place: Tensor) => distance(place, goal),
  squared: (place: Tensor) => distance(place, goal).square(),
  walking: (place: Tensor, at: Point) => {
    if (crossing(at, goal) === undefined) return distance(place, goal);
    const around = ([x, y]: Point): Tensor => distance(place, [x, y]).add(between([x, y], goal));
    return minimum(around([wall.x, wall.top]), around([wall.x, wall.bottom]));
  },
};

/** Walks against the gradient, a step of −rate · gradient at a time, and prints every `every`-th step. */
async function walk(name: keyof typeof losses, rate: number, { hasWall = false, every = 20 } = {}) {
  console.log(`${name}, rate ${rate}${hasWall ? ", with a wall" : ""}:`);
  console.log("  step        x        y      loss     slope");
  let at: Point = start;
  let length = 0;
  for (let step = 0; step < 500; step++) {
    const { value, grads } = valueAndGrad((place: Tensor) => losses[name](place, at))(tensor(at, { dtype: "f64" }));
    const [dx, dy] = (await grads.data()) as unknown as Point;
    const isThere = between(at, goal) < 1;
    if (step % every === 0 || isThere) {
      const numbers = [at[0], at[1], await value.item(), Math.hypot(dx, dy)].map((x) => x.toFixed(3).padStart(9));
      console.log(`  ${String(step).padStart(4)}${numbers.join("")}`);
    }
    if (isThere) break;
    const to: Point = [at[0] - rate * dx, at[1] - rate * dy];
    const hit = hasWall ? crossing(at, to) : undefined;
    if (hit !== undefined) {
      console.log(
        `  The wall stops it at (${hit[0].toFixed(1)}, ${hit[1].toFixed(1)}): the slope leads on into the wall.`,
      );
      return { isReached: false, length: length + between(at, hit) };
    }
    length += between(at, to);
    at = to;
  }
  const isReached = between(at, goal) < 1;
  const way = length + between(at, goal);
  console.log(`  ${isReached ? "It is there" : "It is not there"}; its way is ${way.toFixed(2)} long.`);
  return { isReached, length: way };
}

/** The longest step of the network that walks. */
const SPEED = 4;

/** A step from the network's two outputs, never longer than `SPEED`: [n, 2] → [n, 2]. */
const stepOf = (network: Layer, places: Tensor, goals: Tensor): Tensor => {
  const outputs = network.call(concat([places, goals, goals.sub(places)], 1).div(50));
  return outputs.mul(SPEED).div(outputs.square().sum({ axes: 1, keepDims: true }).add(1).sqrt());
};

/** Teaches a network to walk from anywhere to goals in the left half of the plane. */
async function teach({ updates = 400, batchSize = 64, unroll = 12, seed = 1 } = {}): Promise<Layer> {
  const rng = Rng.seeded(seed);
  const network = sequential(linear(6, 32, { rng }), relu, linear(32, 2, { rng }));
  const params = [...paramsOf(network)];
  const optimizer = adam();
  const kept = params.map(([, param]) => ({ m: new State(zeros(param.shape)), v: new State(zeros(param.shape)) }));
  const update = compile((places: Tensor, goals: Tensor, scalars: { readonly [name: string]: Tensor }) => {
    const lossOf = (wrt: typeof network): Tensor => {
      let at = places;
      let sum = scalar(0);
      for (let t = 0; t < unroll; t++) {
        at = at.add(stepOf(wrt, at, goals)); // each place follows from the one before: the gradient goes back through all
        sum = sum.add(goals.sub(at).square().sum({ axes: 1 }).add(1e-4).sqrt().mean());
      }
      return sum.div(unroll);
    };
    const { value, grads } = valueAndGrad(lossOf)(network);
    for (const [i, [path, param]] of params.entries()) {
      const { m, v } = kept[i]!;
      const [next, slots] = optimizer.update(param.value, grads[path]!, { m: m.value, v: v.value }, scalars);
      param.assign(next);
      m.assign(slots.m!);
      v.assign(slots.v!);
    }
    return value;
  });
  for (let i = 1; i <= updates; i++) {
    const rate = 0.005 * (1 + Math.cos((Math.PI * i) / updates));
    const scalars = Object.fromEntries(Object.entries(optimizer.scalars(i, rate)).map(([key, x]) => [key, scalar(x)]));
    const places = fromArray(rng.uniform([batchSize, 2], 0, 100));
    const goals = concat(
      [fromArray(rng.uniform([batchSize, 1], 0, 50)), fromArray(rng.uniform([batchSize, 1], 0, 100))],
      1,
    );
    const loss = await update(places, goals, scalars);
    if (i % 100 === 0) console.log(`  update ${i}: mean distance over the steps ${(await loss.item()).toFixed(2)}`);
  }
  await update.release();
  return network;
}

/** Sends the network to goals in the right half, of which it has never seen one. */
async function test(network: Layer, { count = 200, seed = 2 } = {}) {
  const rng = Rng.seeded(seed);
  const from = fromArray(rng.uniform([count, 2], 0, 100));
  const goals = concat([fromArray(rng.uniform([count, 1], 50, 100)), fromArray(rng.uniform([count, 1], 0, 100))], 1);
  const step = compile((places: Tensor) => places.add(stepOf(network, places, goals)));
  const ends = await goals.data();
  const walked = new Float64Array(count);
  const first = await from.data();
  let places = from;
  for (let k = 0; k < 100; k++) {
    const [before, next] = [await places.data(), await step(places)];
    const after = await next.data();
    for (let i = 0; i < count; i++)
      walked[i]! += Math.hypot(after[2 * i]! - before[2 * i]!, after[2 * i + 1]! - before[2 * i + 1]!);
    places = next;
  }
  await step.release();
  const last = await places.data();
  const pointOf = (all: ArrayLike<number>, i: number): Point => [all[2 * i]!, all[2 * i + 1]!];
  const ratios: number[] = [];
  for (let i = 0; i < count; i++) {
    if (between(pointOf(last, i), pointOf(ends, i)) < 1) {
      ratios.push(walked[i]! / between(pointOf(first, i), pointOf(ends, i)));
    }
  }
  ratios.sort((a, b) => a - b);
  return { reached: ratios.length / count, ratio: ratios[Math.floor(ratios.length / 2)]! };
}

export async function main({ updates = 400 } = {}) {
  const straight = between(start, goal);
  console.log(`From (${start}) to (${goal}); the straight way is ${straight.toFixed(2)} long.`);
  const plain = await walk("distance", 1); // slope 1 everywhere: all steps are equally long
  const squared = await walk("squared", 0.05, { every: 10 }); // the slope shrinks on the way, and the steps with it
  const far = await walk("squared", 0.9, { every: 5 }); // each step goes beyond the goal
  const stuck = await walk("distance", 1, { hasWall: true });
  const around = await walk("walking", 1, { hasWall: true });
  const shortest = Math.min(
    ...[wall.top, wall.bottom].map((y) => between(start, [wall.x, y]) + between([wall.x, y], goal)),
  );
  console.log(`  The shortest way around the wall is ${shortest.toFixed(2)} long.`);
  console.log("A network learns to walk to goals in the left half:");
  const network = await teach({ updates });
  const { reached, ratio } = await test(network);
  console.log(`  Of 200 goals in the right half, where it never was sent, it reaches ${(100 * reached).toFixed(1)} %.`);
  console.log(`  Its way is ${ratio.toFixed(3)} times as long as the straight one (median).`);
  return { straight, shortest, plain, squared, far, stuck, around, reached, ratio };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
