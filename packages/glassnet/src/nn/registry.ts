import { alternatives, FormatError } from "../core/errors.ts";
import { Rng } from "../core/random.ts";
import { type ActivationName, activation, activationNames } from "./activation.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { Layer, LayerConfig } from "./layer.ts";
import { Linear } from "./linear.ts";
import { Sequential } from "./sequential.ts";

/** Makes a layer from what its `config` said. `make` makes the layers inside it. */
export type LayerMaker = (config: LayerConfig, make: (config: unknown) => Layer) => Layer;

const bad = (what: string): never => {
  throw new FormatError("bad-architecture", "model", what);
};

function numberIn(config: LayerConfig, name: string): number {
  const value = config[name];
  return typeof value === "number" ? value : bad(`${config.kind}: ${name} must be a number, got ${String(value)}`);
}

/** Layers deeper than this are refused: real models are not, and a hostile file must not overflow the stack. */
const MAX_DEPTH = 64;
/** More parameters than this in one layer are refused before memory is asked for. */
const MAX_FEATURES = 2 ** 24;

function features(config: LayerConfig, name: string): number {
  const n = numberIn(config, name);
  return Number.isInteger(n) && n >= 1 && n <= MAX_FEATURES ? n : bad(`${config.kind}: ${name} cannot be ${n}`);
}

/** The layers of this library, by kind. */
export const layerMakers: Readonly<Record<string, LayerMaker>> = {
  linear: (config) =>
    // The start values are replaced by the file's.
    new Linear(features(config, "inFeatures"), features(config, "outFeatures"), {
      rng: Rng.seeded(0),
      bias: config.bias !== false,
    }),
  activation: (config) =>
    activationNames.includes(config.name as ActivationName)
      ? activation(config.name as ActivationName)
      : bad(`unknown activation "${String(config.name)}": expected ${alternatives(activationNames)}`),
  dropout: (config) => new Dropout(numberIn(config, "rate")),
  flatten: () => new Flatten(),
  sequential: (config, make) =>
    Array.isArray(config.layers) ? new Sequential(config.layers.map(make)) : bad("sequential: layers must be a list"),
};

/**
 * Makes a model from its description. `own` adds makers for layers of one's own, by kind.
 *
 * @throws FormatError "bad-architecture" naming what is wrong.
 */
export function makeLayer(description: unknown, own: Readonly<Record<string, LayerMaker>> = {}): Layer {
  let depth = 0;
  const make = (config: unknown): Layer => {
    if (typeof config !== "object" || config === null || typeof (config as LayerConfig).kind !== "string") {
      return bad(`a layer must be described by an object with a kind, got ${JSON.stringify(config)?.slice(0, 60)}`);
    }
    const { kind } = config as LayerConfig;
    const makers = { ...layerMakers, ...own };
    if (!Object.hasOwn(makers, kind)) {
      throw new FormatError(
        "unknown-layer",
        "model",
        `unknown layer "${kind}": expected ${alternatives(Object.keys(makers))}`,
        {
          help: `pass the class of a layer of your own: load(file, { layers: { "${kind}": (config) => … } })`,
        },
      );
    }
    if (++depth > MAX_DEPTH) bad(`layers are nested more than ${MAX_DEPTH} deep`);
    const layer = makers[kind]!(config as LayerConfig, make);
    depth--;
    return layer;
  };
  return make(description);
}
