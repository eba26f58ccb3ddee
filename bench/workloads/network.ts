import { integers, uniform } from "./numbers.ts";

/** @file Networks as plain data, which every subject builds in its own way, with the same initial weights. */

export type LayerSpec =
  /** y = x Wᵀ + b; W [out, in], b [out]. */
  | { readonly kind: "linear"; readonly in: number; readonly out: number }
  /** Cross-correlation with stride 1; W [out, in, kernel, kernel], b [out]. */
  | {
      readonly kind: "conv";
      readonly in: number;
      readonly out: number;
      readonly kernel: number;
      readonly padding: number;
    }
  | { readonly kind: "relu" }
  /** The largest of each window of 2 by 2. */
  | { readonly kind: "maxPool" }
  | { readonly kind: "flatten" }
  /**
   * A block of a transformer, normalised first: x + attention(norm(x)), then x + feedForward(norm(x)), with GELU (erf) in
   * between. Parameters in order: scale, shift; query, key, value and output, each W [width, width] and b [width];
   * scale, shift; W [hidden, width], b; W [width, hidden], b.
   */
  | { readonly kind: "transformer"; readonly width: number; readonly heads: number; readonly hidden: number };

export interface Network {
  readonly name: string;
  /** Shape of one example. */
  readonly inputShape: readonly number[];
  /** Shape of one example's targets: class indices. */
  readonly targetShape: readonly number[];
  readonly layers: readonly LayerSpec[];
}

export const CLASSES = 10;

export function mlp(...sizes: readonly number[]): Network {
  const layers = sizes.slice(1).flatMap((out, i): LayerSpec[] => {
    const linear = { kind: "linear", in: sizes[i]!, out } as const;
    return i === sizes.length - 2 ? [linear] : [linear, { kind: "relu" }];
  });
  return { name: sizes.join("-"), inputShape: [sizes[0]!], targetShape: [], layers };
}

/** With rectifiers and largest values, as it is usually built today. @see LeCun et al. 1998, figure 2. */
export const lenet: Network = {
  name: "LeNet-5",
  inputShape: [1, 28, 28],
  targetShape: [],
  layers: [
    { kind: "conv", in: 1, out: 6, kernel: 5, padding: 2 }, // [batch, 6, 28, 28]
    { kind: "relu" },
    { kind: "maxPool" },
    { kind: "conv", in: 6, out: 16, kernel: 5, padding: 0 }, // [batch, 16, 10, 10]
    { kind: "relu" },
    { kind: "maxPool" },
    { kind: "flatten" },
    { kind: "linear", in: 400, out: 120 },
    { kind: "relu" },
    { kind: "linear", in: 120, out: 84 },
    { kind: "relu" },
    { kind: "linear", in: 84, out: CLASSES },
  ],
};

export const convNet: Network = {
  name: "conv 3x3 32-64",
  inputShape: [1, 28, 28],
  targetShape: [],
  layers: [
    { kind: "conv", in: 1, out: 32, kernel: 3, padding: 1 }, // [batch, 32, 28, 28]
    { kind: "relu" },
    { kind: "maxPool" },
    { kind: "conv", in: 32, out: 64, kernel: 3, padding: 1 }, // [batch, 64, 14, 14]
    { kind: "relu" },
    { kind: "maxPool" },
    { kind: "flatten" },
    { kind: "linear", in: 3136, out: 128 },
    { kind: "relu" },
    { kind: "linear", in: 128, out: CLASSES },
  ],
};

const TOKENS = 64;
const WIDTH = 128;
const block = { kind: "transformer", width: WIDTH, heads: 4, hidden: 4 * WIDTH } as const;

/** Four blocks on embedded tokens, each of which is classified. */
export const transformer: Network = {
  name: "transformer 4x128",
  inputShape: [TOKENS, WIDTH],
  targetShape: [TOKENS],
  layers: [block, block, block, block, { kind: "linear", in: WIDTH, out: CLASSES }],
};

export interface ParamSpec {
  readonly shape: readonly number[];
  /** Initial values are even between these two. */
  readonly low: number;
  readonly high: number;
}

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

function affine(out: number, ...rest: readonly number[]): ParamSpec[] {
  const bound = 1 / Math.sqrt(product(rest));
  return [
    { shape: [out, ...rest], low: -bound, high: bound },
    { shape: [out], low: -bound, high: bound },
  ];
}

function normalisation(width: number): ParamSpec[] {
  return [
    { shape: [width], low: 0.5, high: 1.5 },
    { shape: [width], low: -0.5, high: 0.5 },
  ];
}

/** The parameters of a layer, in the order of its description. */
export function paramSpecs(layer: LayerSpec): readonly ParamSpec[] {
  switch (layer.kind) {
    case "linear":
      return affine(layer.out, layer.in);
    case "conv":
      return affine(layer.out, layer.in, layer.kernel, layer.kernel);
    case "transformer": {
      const { width, hidden } = layer;
      const attention = Array.from({ length: 4 }, () => affine(width, width)).flat();
      return [
        ...normalisation(width),
        ...attention,
        ...normalisation(width),
        ...affine(hidden, width),
        ...affine(width, hidden),
      ];
    }
    case "relu":
    case "maxPool":
    case "flatten":
      return [];
  }
}

export interface InitialParam {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** Stream k holds parameter k, counted through the network; data have streams of their own. */
const INPUT_STREAM = 1000;
const TARGET_STREAM = 1001;

/** The initial parameters, layer by layer. */
export function initialParams(network: Network): readonly (readonly InitialParam[])[] {
  let stream = 0;
  return network.layers.map((layer) =>
    paramSpecs(layer).map(({ shape, low, high }) => ({ shape, values: uniform(stream++, product(shape), low, high) })),
  );
}

export interface Examples {
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
}

/** `rows` examples: inputs [rows, ...inputShape] between 0 and 1, targets [rows, ...targetShape]. */
export function examples(network: Network, rows: number): Examples {
  return {
    inputs: uniform(INPUT_STREAM, rows * product(network.inputShape), 0, 1),
    targets: integers(TARGET_STREAM, rows * product(network.targetShape), CLASSES),
  };
}

/** Numbers of data that a timed run goes through: more than the caches hold, less than anybody minds. */
const DATA_SIZE = 4 * 1024 * 1024;
const MAX_BATCHES = 1024;

/** One batch as numbers: inputs [batch, ...inputShape], targets [rows] with all rows that have a target of their own. */
export interface Batch {
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly targets: Int32Array<ArrayBuffer>;
}

/** The batches that a timed run goes through, for subjects that are given one at a time. */
export function batchesOf(network: Network, batch: number): readonly Batch[] {
  const count = batchCount(network, batch);
  const { inputs, targets } = examples(network, count * batch);
  const [size, rows] = [batch * product(network.inputShape), batch * product(network.targetShape)];
  return Array.from({ length: count }, (_, i) => ({
    inputs: inputs.subarray(i * size, (i + 1) * size),
    targets: targets.subarray(i * rows, (i + 1) * rows),
  }));
}

/** How many different batches a timed run goes through, again and again. */
export function batchCount(network: Network, batch: number): number {
  const fitting = Math.floor(DATA_SIZE / (batch * product(network.inputShape)));
  return Math.max(4, Math.min(MAX_BATCHES, fitting));
}
