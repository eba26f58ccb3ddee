import type { CodeSample } from "../../components/code-sample.ts";
import type { GameLoss } from "../../game/losses.ts";

const slopeOf = (loss: string): string => `
import { fromData, valueAndGrad } from "glassnet";

const target = fromData(Float64Array.from(goal), [2]);
const loss = (x) => ${loss};
const { value, grads } = valueAndGrad(loss)(fromData(Float64Array.from(at), [2]));
console.log(await value.item({ device }), ...(await grads.data({ device })));`;

/** The gradient at one place, for each loss. */
const gradient: Readonly<Record<GameLoss, CodeSample>> = {
  distance: {
    given: ["at", "goal", "device"],
    code: slopeOf("x.sub(target).square().sum().add(1e-12).sqrt()"),
  },
  squared: { given: ["at", "goal", "device"], code: slopeOf("x.sub(target).square().sum()") },
  walking: {
    given: ["at", "anchors", "device"],
    code: `
import { fromData, valueAndGrad } from "glassnet";

// anchors: the goal and the corners that are in sight, each with the length of the shortest way from there
const places = fromData(Float64Array.from(anchors.flatMap(({ x, y }) => [x, y])), [anchors.length, 2]);
const onwards = fromData(Float64Array.from(anchors.map(({ toGoal }) => toGoal)), [anchors.length]);
const loss = (x) => places.sub(x).square().sum({ axes: 1 }).add(1e-12).sqrt().add(onwards).min();
const { value, grads } = valueAndGrad(loss)(fromData(Float64Array.from(at), [2]));
console.log(await value.item({ device }), ...(await grads.data({ device })));`,
  },
};

/** The lines of the tabs "how was this computed". A test runs each of them. */
export const gameCode = {
  gradient,
  descent: {
    given: ["start", "goal", "radius", "rate", "momentum", "device"],
    code: `
import { compile, fromData, valueAndGrad } from "glassnet";

const target = fromData(Float64Array.from(goal), [2]);
const slope = compile((x) => valueAndGrad((x) => x.sub(target).square().sum().add(1e-12).sqrt())(x), { device });
let at = [...start];
let v = [0, 0];
for (let step = 0; step <= 600; step++) {
  const { value, grads } = await slope(fromData(Float64Array.from(at), [2]));
  console.log(step, await value.item(), ...at);
  if (Math.hypot(at[0] - goal[0], at[1] - goal[1]) <= radius) break;
  const gradient = await grads.data();
  v = v.map((old, i) => momentum * old + gradient[i]);
  at = at.map((x, i) => x - rate * v[i]); // against the gradient; walls would stop it
}`,
  },
  way: {
    given: ["path", "goal", "shortest"],
    code: `
let way = 0;
for (let i = 1; i < path.length; i++) {
  way += Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
}
const [x, y] = path.at(-1);
console.log(way, (way + Math.hypot(goal[0] - x, goal[1] - y)) / shortest);`,
  },
  policy: {
    given: ["model", "senses", "terrain", "speed", "radius", "start", "goal"],
    code: `
import { tensor } from "glassnet";

let at = start;
let steps = 0;
while (Math.hypot(at.x - goal.x, at.y - goal.y) > radius && steps < 150) {
  const u = await model.call(senses.inputs(tensor([[at.x, at.y]]), tensor([[goal.x, goal.y]]))).data();
  const size = Math.sqrt(1 + u[0] ** 2 + u[1] ** 2); // no step is longer than the speed
  at = terrain.move(at, { x: at.x + (speed * u[0]) / size, y: at.y + (speed * u[1]) / size });
  steps++;
}
console.log(steps, at.x, at.y);`,
  },
  update: {
    given: ["model", "senses", "speed", "places", "goals", "onwards"],
    code: `
import { valueAndGrad } from "glassnet";

const { value, grads } = valueAndGrad((policy) => {
  let at = places; // [characters, 2]
  let loss;
  for (let t = 0; t < 10; t++) {
    const u = policy.call(senses.inputs(at, goals));
    const length = u.square().sum({ axes: 1, keepDims: true }).add(1).sqrt();
    at = senses.move(at, at.add(u.div(length).mul(speed)));
    const calm = u.square().sum({ axes: 1 }).mean().mul(0.02);
    const left = senses.walkingDistances(at, goals, onwards).mean().add(calm);
    loss = loss === undefined ? left : loss.add(left);
  }
  return loss.div(10);
})(model); // the gradient goes back through all ten steps
console.log(await value.item(), Object.keys(grads).length);`,
  },
  exam: {
    given: ["attempts"],
    code: `
const reached = attempts.filter((attempt) => attempt.isReached);
const ratios = reached.map((attempt) => attempt.ratio).sort((a, b) => a - b);
const middle = ratios.length / 2;
console.log(reached.length / attempts.length);
console.log((ratios[Math.ceil(middle) - 1] + ratios[Math.floor(middle)]) / 2, ratios.at(-1));`,
  },
};
