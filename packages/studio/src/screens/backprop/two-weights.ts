import {
  adam,
  type Dataset,
  type Device,
  dataset,
  fromData,
  type Layer,
  linear,
  meanSquaredError,
  type Optimizer,
  paramsOf,
  Rng,
  sequential,
  sgd,
  type Tensor,
  type TypedArray,
  tanh,
  train,
} from "glassnet";
import { give } from "../../worker/handler.ts";

/** @file Models with two weights: their whole loss is a surface that can be drawn, and so are the ways of optimizers on it. */

export const problemNames = ["line", "scales", "units"] as const;
export type ProblemName = (typeof problemNames)[number];

export const racerNames = ["sgd", "momentum", "nesterov", "adam"] as const;
export type RacerName = (typeof racerNames)[number];

export const racers: Readonly<Record<RacerName, () => Optimizer>> = {
  sgd: () => sgd(),
  momentum: () => sgd({ momentum: 0.9 }),
  nesterov: () => sgd({ momentum: 0.9, nesterov: true }),
  adam: () => adam(),
};

/** A model with two weights, its data, and the part of the plane that is drawn. */
export interface Problem {
  readonly data: Dataset;
  /** The model at two weights. */
  readonly model: (first: number, second: number) => Layer;
  /** What many such models predict: weights [G, 1], inputs by column [1, N], predictions [G, N]. */
  readonly predict: (first: Tensor, second: Tensor, columns: readonly Tensor[]) => Tensor;
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

const POINTS = 32;
export const SIDE = 61;
export const STEPS = 60;

const one = (value: number) => () => fromData(Float32Array.of(value), [1, 1]);
const rng = Rng.seeded(0);

function pointsOf(name: string, truth: (x: readonly number[]) => number, scales: readonly number[]): Dataset {
  const random = Rng.seeded(11);
  const inputs = Array.from({ length: POINTS }, () => scales.map((scale) => scale * (3 * random.next() - 1.5)));
  const noise = random.normal([POINTS]).data;
  const targets = inputs.map((x, i) => [truth(x) + 0.1 * noise[i]!]);
  return dataset({ name, inputs, targets });
}

export const problems: Readonly<Record<ProblemName, Problem>> = {
  /** y = w x + b: a round bowl, for the inputs lie around 0. */
  line: {
    data: pointsOf("line", ([x]) => 1.2 * x! + 0.6, [1]),
    model: (w, b) =>
      sequential(linear(1, 1, { rng, weightInit: one(w), biasInit: () => fromData(Float32Array.of(b), [1]) })),
    predict: (w, b, [x]) => w.mul(x!).add(b),
    low: [-1.5, -2],
    high: [3.5, 3],
  },
  /** y = w₁ x₁ + w₂ x₂ where x₂ is four times as large: a narrow valley. */
  scales: {
    data: pointsOf("scales", ([x, y]) => 0.9 * x! + 0.5 * y!, [1, 4]),
    model: (first, second) =>
      sequential(
        linear(2, 1, { rng, bias: false, weightInit: () => fromData(Float32Array.of(first, second), [1, 2]) }),
      ),
    predict: (first, second, [x, y]) => first.mul(x!).add(second.mul(y!)),
    low: [-2, -1],
    high: [3, 2],
  },
  /** y = w₂ tanh(w₁ x), one hidden unit: two valleys, for both signs may change together, and a saddle between them. */
  units: {
    data: pointsOf("units", ([x]) => 1.5 * Math.tanh(1.3 * x!), [1.4]),
    model: (first, second) =>
      sequential(
        linear(1, 1, { rng, bias: false, weightInit: one(first) }),
        tanh,
        linear(1, 1, { rng, bias: false, weightInit: one(second) }),
      ),
    predict: (first, second, [x]) => second.mul(first.mul(x!).tanh()),
    low: [-3, -3],
    high: [3, 3],
  },
};

/** The mean squared error of the whole data at many pairs of weights at once. */
export async function lossesAt(
  { data, predict }: Problem,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  device: Device,
): Promise<Float32Array<ArrayBuffer>> {
  const { inputs, targets, size } = data;
  const width = inputs.data.length / size;
  const columns = Array.from({ length: width }, (_, k) =>
    fromData(
      Float32Array.from({ length: size }, (_unused, i) => inputs.data[i * width + k]!),
      [1, size],
    ),
  );
  const weight = (values: ArrayLike<number>): Tensor =>
    fromData(Float32Array.from(values as Float32Array), [values.length, 1]);
  const guesses = predict(weight(first), weight(second), columns);
  const wanted = fromData(Float32Array.from(targets.data), [1, size]).broadcastTo([first.length, size]);
  const losses = meanSquaredError(guesses, wanted, { reduction: "none" }).mean({ axes: 1 });
  return Float32Array.from((await losses.data({ device })) as TypedArray);
}

export interface Surface {
  readonly side: number;
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  /** Row by row from the low corner; the first weight runs along a row. */
  readonly losses: Float32Array<ArrayBuffer>;
  /** The lowest point of the grid. */
  readonly best: { readonly first: number; readonly second: number; readonly loss: number };
}

/** The loss on a grid over the whole plane that is drawn: exact, for there are no other weights. */
export async function surfaceOf(name: ProblemName, device: Device): Promise<Surface> {
  const problem = problems[name];
  const { low, high } = problem;
  const at = (k: 0 | 1, i: number): number => low[k] + ((high[k] - low[k]) * i) / (SIDE - 1);
  const first = Float32Array.from({ length: SIDE * SIDE }, (_, i) => at(0, i % SIDE));
  const second = Float32Array.from({ length: SIDE * SIDE }, (_, i) => at(1, Math.floor(i / SIDE)));
  const losses = await lossesAt(problem, first, second, device);
  const lowest = losses.reduce((best, loss, i) => (loss < losses[best]! ? i : best), 0);
  const best = { first: first[lowest]!, second: second[lowest]!, loss: losses[lowest]! };
  return { side: SIDE, low, high, losses: give(losses), best };
}

export interface RaceParams {
  readonly problem: ProblemName;
  readonly start: readonly [number, number];
  readonly rate: number;
  /** Examples a step: all of them, or a few, whose gradient is a guess. */
  readonly batch: "all" | "few";
}

export interface Way {
  readonly racer: RacerName;
  /** Weights at the start and after each step, two by two. */
  readonly points: Float64Array<ArrayBuffer>;
  /** Loss of the whole data there. */
  readonly losses: Float32Array<ArrayBuffer>;
  readonly isDiverged: boolean;
}

export const FEW = 4;

/** The way of one optimizer, by the library's own training. */
export async function wayOf(
  racer: RacerName,
  { problem: name, start, rate, batch }: RaceParams,
  device: Device,
): Promise<Way> {
  const problem = problems[name];
  const { data } = problem;
  const model = problem.model(...start);
  const batchSize = batch === "all" ? data.size : FEW;
  const training = train(model, data, {
    ...{ loss: meanSquaredError, optimizer: racers[racer](), learningRate: rate, batchSize, seed: 5, device },
    ...{ epochs: Math.ceil((STEPS * batchSize) / data.size), stepsPerEvent: () => 1 },
  });
  const points: number[] = [];
  const note = (): void => {
    for (const { value } of paramsOf(model).values()) points.push(...value.stored!);
  };
  note();
  let isDiverged = false;
  for await (const event of { [Symbol.asyncIterator]: () => training }) {
    if (event.kind === "end") isDiverged = event.divergence !== undefined;
    if (event.kind !== "step") continue;
    await training.sync();
    if (points.length < 2 * (STEPS + 1)) note();
  }
  const pairs = Array.from({ length: points.length / 2 }, (_, i) => i);
  const losses = await lossesAt(
    problem,
    pairs.map((i) => points[2 * i]!),
    pairs.map((i) => points[2 * i + 1]!),
    device,
  );
  return { racer, points: give(Float64Array.from(points)), losses: give(losses), isDiverged };
}
