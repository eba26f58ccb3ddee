import { Activation, type Layer, type Linear, linearLayers } from "glassnet";

/** A linear layer in its place: counted from 1, as users count, and with its path, as files name it. */
export interface LinearPlace {
  readonly number: number;
  readonly path: string;
  readonly layer: Linear<number, number>;
  /** Whether its inputs are the pixels themselves. */
  readonly isFirst: boolean;
  /** Whether its outputs are the classes, apart from an activation behind it. */
  readonly isLast: boolean;
}

/** The linear layers of a model in the order in which they run. */
export function linearPlaces(model: Layer): LinearPlace[] {
  const found = [...linearLayers(model)];
  return found.map(([path, layer], i) => ({
    number: i + 1,
    path,
    layer,
    isFirst: i === 0,
    isLast: i === found.length - 1,
  }));
}

/** Whether a model's outputs come from sigmoids, as those of the squared error do. */
export function endsInSigmoid(model: Layer): boolean {
  const { layers } = model as { readonly layers?: readonly Layer[] };
  const last = layers?.at(-1);
  return last instanceof Activation && last.name === "sigmoid";
}

/** The sizes of a chain of linear layers: `784-128-10`. */
export function chainOf(places: readonly LinearPlace[]): string {
  return [places[0]?.layer.inFeatures ?? 0, ...places.map(({ layer }) => layer.outFeatures)].join("-");
}
