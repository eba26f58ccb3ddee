import {
  activation,
  compile,
  crossEntropy,
  dataset,
  init,
  linear,
  Rng,
  Sequential,
  sgd,
  type Tensor,
  train,
  zeros,
} from "glassnet";
import type { Device } from "glassnet/engine";

/**
 * @file Whether a device computes right, and how fast: a short training on made-up digits, whose losses are compared
 * with those of the reference backend, and a product of matrices.
 */

const SIZES = [784, 128, 10] as const;
export const CHECK_SIZES = SIZES.join("-");
export const CHECK_BATCH = 32;
/** Steps whose losses are compared: enough for every weight to have changed several times. */
export const CHECK_STEPS = 10;
const PRODUCT_SIZE = 512;
const EXAMPLES = 320;
/** How long each of the two speeds is measured. */
const MEASURE_MS = 500;
/** A call should take so long that starting it does not matter. */
const CALL_MS = 50;

/**
 * Backends add in different orders, so losses differ in the last two or three of the seven figures of single precision,
 * and ten steps carry that on. A kernel that computes something else changes the first figures at once.
 */
const TOLERANCE = 1e-4;

export interface Speed {
  /** Floating-point operations of a product of two 512 × 512 matrices, in 10⁹ a second. */
  readonly productGflops: number;
  /** Of one step of the training. */
  readonly stepMs: number;
}

export interface Measured extends Speed {
  /** Of the first steps. */
  readonly losses: readonly number[];
}

export interface Agreement {
  /** The largest difference between two losses, relative to the reference's. */
  readonly difference: number;
  readonly agrees: boolean;
}

/** Made-up digits: random pixels and random classes, which a network can still learn by heart. */
function digits() {
  const rng = Rng.seeded(1);
  const pixels = Uint8Array.from({ length: EXAMPLES * SIZES[0] }, () => Math.floor(256 * rng.next()));
  const labels = Uint8Array.from({ length: EXAMPLES }, () => Math.floor(SIZES[2] * rng.next()));
  return dataset({
    name: "self-check",
    inputs: { dtype: "u8", shape: [EXAMPLES, SIZES[0]], data: pixels },
    targets: { dtype: "u8", shape: [EXAMPLES], data: labels },
    preprocessing: { kind: "intensity", scale: 1 / 255 },
  });
}

async function trainFor(device: Device): Promise<{ losses: number[]; stepMs: number }> {
  const rng = Rng.seeded(2);
  const options = { rng, weightInit: init.heUniform() };
  const model = new Sequential([
    linear(SIZES[0], SIZES[1], options),
    activation("relu"),
    linear(SIZES[1], SIZES[2], options),
  ]);
  const stop = new AbortController();
  const training = train(model, digits(), {
    ...{ loss: crossEntropy, optimizer: sgd({ momentum: 0.9 }), learningRate: 0.01, batchSize: CHECK_BATCH },
    ...{ epochs: 1_000_000, empiricalLoss: "never", signal: stop.signal, device },
  });
  const losses: number[] = [];
  let stepMs = Number.POSITIVE_INFINITY;
  let last: { step: number; elapsedMs: number } | undefined;
  const begin = performance.now();
  for await (const event of training) {
    if (event.kind !== "step") continue;
    for (const loss of event.losses) if (losses.length < CHECK_STEPS) losses.push(loss);
    if (last !== undefined) stepMs = Math.min(stepMs, (event.elapsedMs - last.elapsedMs) / (event.step - last.step));
    last = event;
    if (losses.length >= CHECK_STEPS && performance.now() - begin > MEASURE_MS) stop.abort();
  }
  return { losses, stepMs };
}

async function multiplyFor(device: Device): Promise<number> {
  const n = PRODUCT_SIZE;
  const rng = Rng.seeded(3);
  const matrix = () => Float32Array.from({ length: n * n }, () => rng.next());
  const program = compile((a: Tensor, b: Tensor) => a.matmul(b)).program(zeros([n, n]), zeros([n, n]));
  const feeds = { "argument 0": matrix(), "argument 1": matrix() };
  const loaded = await device.load(program);
  try {
    let best = Number.POSITIVE_INFINITY;
    let steps = 1;
    for (const begin = performance.now(); performance.now() - begin < MEASURE_MS; ) {
      const start = performance.now();
      await device.run(loaded, { steps, feeds });
      const ms = (performance.now() - start) / steps;
      best = Math.min(best, ms);
      steps = Math.max(1, Math.round(CALL_MS / ms)); // of one call
    }
    return (2 * n ** 3) / best / 1e6;
  } finally {
    await device.unload(loaded);
  }
}

/** Trains and multiplies on a device, for about a second. */
export async function measure(device: Device): Promise<Measured> {
  const { losses, stepMs } = await trainFor(device);
  return { losses, stepMs, productGflops: await multiplyFor(device) };
}

/** Compares the losses of a training with those of the reference backend. */
export function compareLosses(losses: readonly number[], reference: readonly number[]): Agreement {
  const differences = reference.map((loss, i) => Math.abs((losses[i] ?? Number.NaN) - loss) / Math.abs(loss));
  const difference = Math.max(...differences); // NaN if one of them is
  return { difference, agrees: difference <= TOLERANCE };
}
