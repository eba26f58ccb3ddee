import { alternatives, FormatError } from "../core/errors.ts";
import { Rng } from "../core/random.ts";
import { MAX_SIZE } from "../core/shape.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import { zeros } from "../tensor/create.ts";
import { type ActivationName, activation, activationNames } from "./activation.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { Initializer } from "./initializer.ts";
import type { Layer, LayerConfig } from "./layer.ts";
import { Linear } from "./linear.ts";
import { type PerFeature, Rescale } from "./rescale.ts";
import { Sequential } from "./sequential.ts";

/** Makes a layer from what its `config` said. `make` makes the layers inside it. */
export type LayerMaker = (config: LayerConfig, make: (config: unknown) => Layer) => Layer;

/** What a description may cost, and who is named in errors. */
interface MakeOptions {
  /** Names the source of the description in errors. */
  readonly where?: string;
  /** How many parameters all linear layers together may have: those that the file holds. */
  readonly maxParameters?: number;
}

/** Layers deeper than this are refused: real models are not, and a hostile file must not overflow the stack. */
const MAX_DEPTH = 64;

/** One reading of a description. */
class Making {
  readonly #where: string;
  #left: number;

  constructor({ where = "model", maxParameters = MAX_SIZE }: MakeOptions) {
    this.#where = where;
    this.#left = maxParameters;
  }

  fail(what: string): never {
    throw new FormatError("bad-architecture", this.#where, what);
  }

  unknown(kind: string, known: readonly string[]): never {
    const name = describeValue(kind);
    throw new FormatError("unknown-layer", this.#where, `unknown layer ${name}: expected ${alternatives(known)}`, {
      help: `pass the maker of a layer of your own: load(file, { layers: { ${name}: (config) => … } })`,
    });
  }

  number(config: LayerConfig, name: string): number {
    const value = config[name];
    if (typeof value === "number") return value;
    return this.fail(`${config.kind}: ${name} must be a number, got ${describeValue(value)}`);
  }

  size(config: LayerConfig, name: string): number {
    const n = this.number(config, name);
    return Number.isInteger(n) && n >= 1 ? n : this.fail(`${config.kind}: ${name} cannot be ${n}`);
  }

  /** Asked before memory is taken: a few bytes of description must not cost gigabytes. */
  spend(config: LayerConfig, parameters: number): void {
    this.#left -= parameters;
    if (this.#left < 0) this.fail(`${config.kind}: the layers have more parameters than the file holds`);
  }
}

type OwnMaker = (config: LayerConfig, make: (config: unknown) => Layer, making: Making) => Layer;

/** The layers of this library, by kind. */
export const layerMakers: Readonly<Record<string, OwnMaker>> = {
  linear: (config, _, making) => {
    const [inFeatures, outFeatures] = [making.size(config, "inFeatures"), making.size(config, "outFeatures")];
    const bias = config.bias !== false;
    const dtype = config.dtype ?? "f32";
    if (dtype !== "f32" && dtype !== "f64") making.fail(`linear: dtype cannot be ${describeValue(dtype)}`);
    making.spend(config, inFeatures * outFeatures + (bias ? outFeatures : 0));
    const blank: Initializer = (shape) => zeros(shape, { dtype: dtype as "f32" | "f64" }); // the file's values follow
    return new Linear(inFeatures, outFeatures, { rng: Rng.seeded(0), bias, weightInit: blank, biasInit: blank });
  },
  activation: ({ name }, _, making) =>
    activationNames.includes(name as ActivationName)
      ? activation(name as ActivationName)
      : making.fail(`unknown activation ${describeValue(name)}: expected ${alternatives(activationNames)}`),
  dropout: (config, _, making) => {
    const rate = making.number(config, "rate");
    return rate >= 0 && rate < 1 ? new Dropout(rate) : making.fail(`dropout: rate cannot be ${rate}`);
  },
  flatten: () => new Flatten(),
  rescale: ({ scale, offset }, _, making) => {
    try {
      return new Rescale(scale as PerFeature, offset as PerFeature);
    } catch (error) {
      return making.fail((error as Error).message); // it names the layer itself
    }
  },
  sequential: ({ layers }, make, making) =>
    Array.isArray(layers)
      ? new Sequential(layers.map((layer) => make(layer)))
      : making.fail(`sequential: layers must be a list, got ${describeValue(layers)}`),
};

/**
 * Makes a model from its description, with blank parameters. `own` adds makers for layers of one's own, by kind.
 *
 * @throws FormatError "bad-architecture" or "unknown-layer" naming what is wrong.
 */
export function makeLayer(
  description: unknown,
  own: Readonly<Record<string, LayerMaker>> = {},
  options: MakeOptions = {},
): Layer {
  const making = new Making(options);
  const makers: Readonly<Record<string, OwnMaker>> = { ...layerMakers, ...own };
  let depth = 0;
  const make = (config: unknown): Layer => {
    if (!isPlainObject(config))
      return making.fail(`a layer must be described by an object, got ${describeValue(config)}`);
    const { kind } = config;
    if (typeof kind !== "string") return making.fail(`the kind of a layer must be a text, got ${describeValue(kind)}`);
    if (!Object.hasOwn(makers, kind)) return making.unknown(kind, Object.keys(makers));
    if (++depth > MAX_DEPTH) return making.fail(`layers are nested more than ${MAX_DEPTH} deep`);
    const layer = makers[kind]!(config as LayerConfig, make, making);
    depth--;
    return layer;
  };
  return make(description);
}
