import {
  type HiddenLayer,
  hiddenActivations,
  initialSettings,
  initNames,
  lossNames,
  MAX_BATCH_SIZE,
  MAX_HIDDEN_LAYERS,
  MAX_UNITS,
  optimizerNames,
  type Settings,
  scheduleNames,
} from "./settings.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const oneOf = <T extends string>(names: readonly T[], value: unknown): T | undefined =>
  names.find((name) => name === value);

function within(value: unknown, low: number, high: number): number | undefined {
  return typeof value === "number" && value >= low && value <= high ? value : undefined;
}

const whole = (value: unknown, low: number, high: number): number | undefined =>
  Number.isInteger(value) ? within(value, low, high) : undefined;

/** The parts of `fields` that pass their check, in place of the defaults. */
function checked<T extends object>(
  fields: unknown,
  defaults: T,
  checks: { readonly [K in keyof T]: (value: unknown) => T[K] | undefined },
): T {
  if (!isFields(fields)) return defaults;
  const names = Object.keys(checks) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => [name, checks[name](fields[name]) ?? defaults[name]])) as T;
}

function hiddenOf(value: unknown): readonly HiddenLayer[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_HIDDEN_LAYERS) return undefined;
  const standard: HiddenLayer = { units: 0, activation: "relu", init: "default", dropout: 0 };
  const layers = value.map((layer: unknown) =>
    checked(layer, standard, {
      units: (x) => whole(x, 1, MAX_UNITS),
      activation: (x) => oneOf(hiddenActivations, x),
      init: (x) => oneOf(initNames, x),
      dropout: (x) => within(x, 0, 0.95),
    }),
  );
  return layers.every(({ units }) => units > 0) ? layers : undefined;
}

/** Settings from a link or a store: what is missing or impossible is as in the beginning. It never throws. */
export function checkSettings(value: unknown): Settings {
  const share = (x: unknown) => within(x, 0, 0.999_999);
  return checked<Settings>(value, initialSettings, {
    hidden: hiddenOf,
    outputInit: (x) => oneOf(initNames, x),
    input: (x) =>
      checked(x, initialSettings.input, {
        encoding: (y) => oneOf(["intensity", "binary"] as const, y),
        scaling: (y) => oneOf(["plain", "centred", "standardised"] as const, y),
      }),
    loss: (x) => oneOf(lossNames, x),
    optimizer: (x) =>
      checked(x, initialSettings.optimizer, {
        kind: (y) => oneOf(optimizerNames, y),
        momentum: share,
        nesterov: (y) => (typeof y === "boolean" ? y : undefined),
        beta1: share,
        beta2: share,
        epsilon: (y) => within(y, 0, 1),
        decay: (y) => within(y, 0, 1),
      }),
    schedule: (x) =>
      checked(x, initialSettings.schedule, {
        kind: (y) => oneOf(scheduleNames, y),
        rate: (y) => within(y, 1e-8, 1e20),
        epochs: (y) => whole(y, 1, 10_000),
        factor: (y) => within(y, 0, 1),
      }),
    batchSize: (x) => whole(x, 1, MAX_BATCH_SIZE),
    seed: (x) => whole(x, 0, Number.MAX_SAFE_INTEGER),
  });
}
