import { describe, expect, test } from "vitest";
import type { Device } from "../src/backends/backend.ts";
import { nativeGap, openNativeSync } from "../src/backends/native/open.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import { Rng } from "../src/core/random.ts";
import { dataset } from "../src/data/dataset.ts";
import { crossEntropy } from "../src/loss/cross-entropy.ts";
import { dropout } from "../src/nn/dropout.ts";
import { linear } from "../src/nn/linear.ts";
import { sequential } from "../src/nn/sequential.ts";
import { adam } from "../src/optim/adam.ts";
import { sgd } from "../src/optim/sgd.ts";
import { compile } from "../src/tensor/compile.ts";
import { fromArray } from "../src/tensor/create.ts";
import * as F from "../src/tensor/functions.ts";
import { grad } from "../src/tensor/grad.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { train } from "../src/train/train.ts";
import { ableSamples, programOf } from "./one-primitive.ts";
import type { AnySample } from "./samples.ts";
import { bitsOf } from "./training.ts";
import { wasmForms } from "./wasm-forms.ts";

/**
 * @file Results are the same bits on any number of threads: of every sample, of each kind of kernel on operands so large
 * that seven threads share them, and of whole trainings.
 */

interface Team {
  readonly title: string;
  readonly threads: number;
  readonly joined: number;
  readonly device: Device;
  /** The same kernels on one thread. */
  readonly alone: Device;
}

const TEAMS = [2, 3, 7];

const wasm = await Promise.all(
  wasmForms.map(async ({ title, relaxed }) => {
    const alone = await openWasm({ relaxed });
    const team = async (threads: number): Promise<Team> => {
      const device = await openWasm({ relaxed, threads });
      return { title: `${title}, ${threads} threads`, threads, joined: await device.joined(), device, alone };
    };
    return await Promise.all(TEAMS.map(team));
  }),
);
const variants = ["avx512", "avx2", "sse2", "neon"].filter((variant) => nativeGap({ variant }) === undefined);
const native = variants.flatMap((variant) => {
  const alone = openNativeSync({ variant });
  return TEAMS.map((threads): Team => {
    const device = openNativeSync({ variant, threads });
    return { title: `native, ${variant}, ${threads} threads`, threads, joined: device.threads, device, alone };
  });
});

const rng = Rng.seeded(3);
const real = (...shape: number[]): Tensor => fromArray(rng.normal(shape));
const whole = (high: number, ...shape: number[]): Tensor => fromArray(rng.integers(shape, 0, high));
/** What is computed, and of what. */
type Case = readonly [fn: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]];

/** The gradient in the first operand. */
const slope = (of: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): Case => [
  (x, ...rest) => grad((at: Tensor) => F.sum(F.square(of(at, ...rest))))(x!),
  ...xs,
];

const image = real(8, 12, 33, 31);
const kernel = real(20, 12, 3, 3);
const left = real(301, 257);
const planes = real(16, 12, 65, 63);
const places = whole(500, 4001);

/** Sizes are odd, so that shares are unequal. */
const cases: { readonly [name: string]: Case } = {
  "elementwise chains": [(x) => F.where(F.lt(x!, 0), F.exp(x!), F.tanh(F.mul(x!, x!))), real(777, 1013)],
  "heavy functions": [(x) => F.add(F.sin(x!), F.mul(F.erf(x!), F.pow(F.abs(x!), 0.3))), real(333, 1013)],
  "broadcast and transposed operands": [(x, y) => F.add(F.transpose(x!), y!), real(1001, 777), real(777, 1)],
  "sums of all": [(x) => F.sum(x!), real(999, 1111)],
  "sums of rows": [(x) => F.sum(x!, { axes: 1 }), real(999, 1111)],
  "sums of columns": [(x) => F.sum(x!, { axes: 0 }), real(999, 1111)],
  "sums of middle axes": [(x) => F.sum(x!, { axes: 1 }), real(37, 111, 199)],
  "extrema and products": [(x) => F.add(F.max(x!, { axes: 0 }), F.prod(x!, { axes: 0 })), real(999, 1111)],
  softmax: [(x) => F.logSoftmax(x!), real(999, 511)],
  "softmax of an inner axis": [(x) => F.softmax(x!, 1), real(33, 77, 199)],
  "products NN": [(x, y) => F.matmul(x!, y!), left, real(257, 299)],
  "products NT with a bias and an activation": [
    (x, y, bias) => F.relu(F.add(F.matmul(x!, F.transpose(y!)), bias!)),
    ...[left, real(299, 257), real(299)],
  ],
  "products TN": [(x, y) => F.matmul(F.transpose(x!), y!), left, real(301, 64)],
  "products of batches": [(x, y) => F.matmul(x!, y!), real(13, 59, 61), real(13, 61, 67)],
  "products of one row": [(x, y) => F.matmul(x!, y!), real(1, 2049), real(2049, 1501)],
  "products of few columns": [(x, y) => F.matmul(x!, y!), real(513, 1025), real(1025, 10)],
  convolution: [(x, k) => F.conv2d(x!, k!, { padding: 1 }), image, kernel],
  "convolution with stride and groups": [
    (x, k) => F.conv2d(x!, k!, { stride: 2, groups: 3 }),
    ...[image, real(24, 4, 3, 3)],
  ],
  "a convolution's slope in the input": slope((x, k) => F.conv2d(x!, k!, { padding: 1 }), image, kernel),
  "a convolution's slope in the kernel": slope((k, x) => F.conv2d(x!, k!, { padding: 1 }), kernel, image),
  pooling: [(x) => F.maxPool(x!, { kernel: 3, stride: 2 }), planes],
  "a pool's slope": slope((x) => F.maxPool(x!, { kernel: 2 }), planes),
  "an average pool's slope": slope((x) => F.avgPool(x!, { kernel: 3, stride: 2 }), planes),
  gathering: [(x, i) => F.gather(x!, i!), real(500, 203), places],
  "scattering with repeated places": [(x, i, to) => F.scatterAdd(to!, i!, x!), real(4001, 203), places, real(500, 203)],
  "moving about": [
    (x) =>
      F.pad(F.flip(F.concat([x!, F.exp(x!)], 0), 1), [
        [3, 5],
        [1, 2],
      ]),
    real(401, 777),
  ],
  "order of rows": [(x) => F.argsort(x!, { axis: -1 }), real(401, 777)],
  "places of the largest": [(x) => F.argmax(x!, { axis: 0 }), real(401, 777)],
};

const bytesOf = async (device: Device, [fn, ...xs]: Case): Promise<string> => {
  const compiled = compile(fn, { device });
  const data = await (await compiled(...xs)).data();
  await compiled.release();
  return Buffer.from(data.buffer).toString("base64");
};

const cloud = dataset({
  name: "cloud",
  inputs: Rng.seeded(4).normal([512, 200]),
  targets: Rng.seeded(5).integers([512], 0, 10),
  classNames: [..."0123456789"],
});

/** The weights after two epochs, the last batch of each being a smaller one. */
async function trained(device: Device, optimizer: ReturnType<typeof adam>): Promise<string> {
  const init = Rng.seeded(6);
  const hidden = linear(200, 256, { rng: init });
  const model = sequential(
    hidden,
    F.relu,
    dropout(0.2),
    linear(256, 130, { rng: init }),
    F.tanh,
    linear(130, 10, { rng: init }),
  );
  const options = { loss: crossEntropy, optimizer, epochs: 2, batchSize: 100, seed: 7, device };
  for await (const _ of train(model, cloud, options));
  return bitsOf(model);
}

async function bytesOfSample(device: Device, sample: AnySample): Promise<string> {
  const { program, feeds } = programOf(sample);
  const loaded = await device.load(program);
  const { outputs } = await device.run(loaded, { steps: 1, feeds });
  await device.unload(loaded);
  return Buffer.from(outputs.result!.buffer).toString("base64");
}

describe.each([...wasm.flat(), ...native])("$title", ({ threads, joined, device, alone }) => {
  test("all of them join, without a word", () => {
    expect(joined).toBe(threads);
    expect(device.threads).toBe(threads);
    expect(device.notices).toEqual([]);
  });

  test("every sample: the same bits as on one", async () => {
    for (const [title, sample] of ableSamples) {
      expect(await bytesOfSample(device, sample), title).toBe(await bytesOfSample(alone, sample));
    }
  });

  test.each(Object.entries(cases))("%s: the same bits as on one", async (_, one) => {
    expect(await bytesOf(device, one)).toBe(await bytesOf(alone, one));
  });

  test.each([
    ["SGD with momentum", sgd({ momentum: 0.9 })],
    ["Adam", adam()],
  ])("trainings with %s: the same weights as on one", async (_, optimizer) => {
    expect(await trained(device, optimizer)).toBe(await trained(alone, optimizer));
  });
});
