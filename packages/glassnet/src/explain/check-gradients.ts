import type { Device, LoadedProgram } from "../backends/backend.ts";
import { Pace } from "../backends/pace.ts";
import { type DType, isFloat } from "../core/dtype.ts";
import { Rng } from "../core/random.ts";
import { type Shape, sizeOf } from "../core/shape.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkSingleNumber } from "../loss/single-number.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import { compute, elementsOf } from "../tensor/compute.ts";
import { ones } from "../tensor/create.ts";
import { deviceOr } from "../tensor/device.ts";
import { gradientsOf } from "../tensor/grad.ts";
import { ops, type Tensor } from "../tensor/tensor.ts";
import { withFrame } from "../tensor/trace.ts";
import { type TracedProgram, type TracedResults, traceProgram } from "../tensor/trace-program.ts";
import { type Param, paramsOf, type Variable } from "../tensor/variable.ts";

/** How well the gradients of one parameter agree with finite differences. */
export interface GradientCheck {
  readonly path: string;
  readonly size: number;
  /** Entries whose gradient is not 0: each was compared by itself. */
  readonly compared: number;
  /** Entries whose gradient is exactly 0: moved all together, in random directions, they must not change the loss. */
  readonly zeros: number;
  /** Largest |analytic − numeric| / max(|analytic|, |numeric|, scale), with the parameter's largest gradient / 1000 as scale. */
  readonly maxError: number;
  /** Where it was: index into the parameter, laid end to end. */
  readonly worst?: { readonly index: number; readonly analytic: number; readonly numeric: number };
  /** Largest slope found among the zeros; 0 if they are right. */
  readonly zeroSlope: number;
  /**
   * Whether every entry agrees to 1e-6 of its size, or as well as the rounding of the loss lets one see: where a network
   * is sure of its answer, gradients are so small that their last digits drown in it.
   */
  readonly agrees: boolean;
}

export interface CheckOptions {
  readonly loss: Loss;
  readonly targets: Tensor;
  /** Where to compute; the default device otherwise. It must know f64. */
  readonly device?: Device | undefined;
  /** Called as the comparison goes on. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Steps of the central differences in f64. Truncation is about step² and rounding 2⁻⁵³ / step, so the first sees 8 to 12
 * digits. An entry that disagrees is tried again with the second: the first may have crossed the kink of a ReLU.
 */
const STEPS = [1e-4, 1e-6];
const TOLERANCE = 1e-6;
const DIRECTIONS = 8;

/** How far a central difference of losses near `loss` may be off by rounding: a few units in the last place of 1 + |loss|. */
const noiseOf = (loss: number, step: number): number => (4 * Number.EPSILON * (1 + Math.abs(loss))) / (2 * step);

let checks = 0;

interface F64Parts {
  readonly states: ReadonlyMap<Variable, Tensor>;
  readonly lossWith: (param?: Param, value?: Tensor) => Tensor;
  readonly row: (name: string, dtype: DType, shape: Shape) => Tensor;
}

/**
 * Compares every gradient of the loss for one batch with finite differences, in f64: each entry that is not 0 is moved
 * up and down by itself. Entries that the library says are 0 (a black pixel's weights, a dead unit's) are moved together.
 *
 * @param x inputs as the network sees them: [batch, ...]
 */
export async function checkGradients(model: Layer, x: Tensor, options: CheckOptions): Promise<GradientCheck[]> {
  const { loss, targets, onProgress } = options;
  const device = await deviceOr(options.device);
  const params = paramsOf(model);
  const prefix = `gradient check ${++checks}`;
  const nameOf = (path: string) => `${prefix}/${path}`;
  await elementsOf([x, targets], { device });
  const written = new Set<string>();
  const write = async (name: string, { value }: Variable, dtype: DType): Promise<void> => {
    const [data] = await elementsOf([value], { device });
    written.add(name);
    await device.write(name, { dtype, shape: value.shape }, dtype === value.dtype ? data! : Float64Array.from(data!));
  };

  /** A program in which all parameters are f64; `describe` gets them, and the loss with something else in their place. */
  const trace = (describe: (parts: F64Parts) => TracedResults): TracedProgram =>
    traceProgram(
      ({ input }) => {
        const states = new Map<Variable, Tensor>();
        for (const [path, param] of params) {
          states.set(param, input({ dtype: "f64", shape: param.shape }, { kind: "state", name: nameOf(path) }));
        }
        const lossWith = (param?: Param, moved?: Tensor): Tensor => {
          const variables = new Map(states);
          if (param !== undefined && moved !== undefined) variables.set(param, moved);
          const input64 = isFloat(x.dtype) ? ops.cast(x, "f64") : x; // indices stay whole
          const forward = () => loss(model.call(input64, new Run()), targets);
          const value = withFrame({ variables, startId: 0 }, forward);
          checkSingleNumber("checkGradients", "loss", value);
          return ops.reshape(ops.cast(value, "f64"), []);
        };
        return describe({
          states,
          lossWith,
          row: (name, dtype, shape) => input({ dtype, shape }, { kind: "row", name }),
        });
      },
      // What is not checked stays as it is: running statistics, parameters of the loss.
      (_, i) => ({ kind: "state", name: nameOf(`other ${i}`) }),
    );

  const loaded: LoadedProgram[] = [];
  const load = async (traced: TracedProgram): Promise<LoadedProgram> => {
    await compute(traced.outside, { device });
    for (const [variable, source] of traced.variables) {
      if (source.kind === "state") await write(source.name, variable, variable.dtype);
    }
    const made = await device.load(traced.build());
    loaded.push(made);
    return made;
  };
  try {
    for (const [path, param] of params) await write(nameOf(path), param, "f64");
    const gradients = await load(
      trace(({ lossWith, states }) => {
        const grads = gradientsOf([lossWith()], [ones([], { dtype: "f64" })], [...states.values()]);
        return { outputs: Object.fromEntries(grads.entries()) };
      }),
    );
    const { outputs } = await device.run(gradients, { steps: 1 });
    const grads = [...params.keys()].map((_, i) => Float64Array.from(outputs[i]!));
    let total = 0;
    for (const grad of grads) for (const g of grad) if (g !== 0) total++;
    let done = 0;
    const report = (n: number) => {
      done += n;
      onProgress?.(done, total);
    };

    const results: GradientCheck[] = [];
    for (const [path, param] of params) {
      const single = await load(
        trace(({ lossWith, states, row }) => {
          const flat = ops.reshape(states.get(param)!, [-1]);
          const moved = ops.scatterAdd(flat, row("index", "i32", [1]), row("delta", "f64", [1]), 0);
          return { perStep: { loss: lossWith(param, ops.reshape(moved, param.shape)) } };
        }),
      );
      const together = await load(
        trace(({ lossWith, states, row }) => {
          const moved = ops.add(states.get(param)!, row("direction", "f64", param.shape));
          return { perStep: { loss: lossWith(param, moved) } };
        }),
      );
      results.push(await checkOne(device, path, grads[results.length]!, sizeOf(param.shape), single, together, report));
    }
    return results;
  } finally {
    for (const program of loaded) await device.unload(program);
    await device.free([...written]);
  }
}

async function checkOne(
  device: Device,
  path: string,
  grad: Float64Array,
  size: number,
  single: LoadedProgram,
  together: LoadedProgram,
  report: (n: number) => void,
): Promise<GradientCheck> {
  const alive: number[] = [];
  const zeros: number[] = [];
  grad.forEach((g, i) => {
    (g === 0 ? zeros : alive).push(i);
  });
  const largest = grad.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
  const scale = Math.max(largest / 1000, 1e-12);

  let maxError = 0;
  let worst: GradientCheck["worst"];
  let agrees = true;
  const compare = async (entries: readonly number[], [step, ...smaller]: readonly number[]): Promise<void> => {
    const again: number[] = [];
    await eachSlope(device, single, entries, step!, (entry, numeric, loss) => {
      const analytic = grad[entry]!;
      const size = Math.max(Math.abs(analytic), Math.abs(numeric), scale);
      const difference = Math.abs(analytic - numeric);
      const isClose = difference <= TOLERANCE * size + noiseOf(loss, step!);
      if (!isClose && smaller.length > 0) {
        again.push(entry);
        return;
      }
      agrees &&= isClose;
      const error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / size;
      if (error > maxError || worst === undefined) {
        maxError = error;
        worst = { index: entry, analytic, numeric };
      }
      report(1);
    });
    if (again.length > 0) await compare(again, smaller);
  };
  await compare(alive, STEPS);

  let zeroSlope = 0;
  const rng = Rng.seeded(0).fold(path);
  const step = STEPS.at(-1)!;
  for (let k = 0; k < (zeros.length > 0 ? DIRECTIONS : 0); k++) {
    const up = new Float64Array(size);
    for (const entry of zeros) up[entry] = rng.next() < 0.5 ? step : -step;
    const direction = new Float64Array(2 * size);
    direction.set(up);
    direction.set(
      up.map((d) => -d),
      size,
    );
    const { perStep } = await device.run(together, { steps: 2, rows: { direction } });
    const [above, below] = [perStep.loss![0]!, perStep.loss![1]!];
    const slope = Math.abs(above - below) / (2 * step);
    agrees &&= slope <= noiseOf(above, step);
    zeroSlope = Math.max(zeroSlope, Number.isNaN(slope) ? Number.POSITIVE_INFINITY : slope);
  }
  return {
    path,
    size,
    compared: alive.length,
    zeros: zeros.length,
    maxError,
    ...(worst && { worst }),
    zeroSlope,
    agrees,
  };
}

/** The slope of the loss along each entry by itself, a few entries a call. */
async function eachSlope(
  device: Device,
  single: LoadedProgram,
  entries: readonly number[],
  step: number,
  see: (entry: number, slope: number, loss: number) => void,
): Promise<void> {
  const pace = new Pace();
  for (let begin = 0; begin < entries.length; ) {
    const count = Math.max(1, Math.floor(pace.steps(2 * (entries.length - begin)) / 2));
    const batch = entries.slice(begin, begin + count);
    const index = Int32Array.from({ length: 2 * batch.length }, (_, i) => batch[i >> 1]!);
    const delta = Float64Array.from({ length: 2 * batch.length }, (_, i) => (i % 2 === 0 ? step : -step));
    const { perStep } = await pace.run(device, single, 2 * batch.length, { index, delta });
    const losses = perStep.loss!;
    batch.forEach((entry, i) => {
      see(entry, (losses[2 * i]! - losses[2 * i + 1]!) / (2 * step), losses[2 * i]!);
    });
    begin += batch.length;
  }
}
