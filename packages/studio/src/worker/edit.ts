import { Activation, fromArray, type Layer, Linear, linearLayers, Sequential, type TypedArray, tensor } from "glassnet";
import { chainOf, Silencing, type UnitMarks } from "./network.ts";

/** A change of one unit by hand; what is left out stays. */
export interface UnitChange {
  /** All incoming weights. */
  readonly weights?: Float32Array;
  readonly bias?: number;
  /** Whether its activation is 0 whatever its sum. */
  readonly isSilenced?: boolean;
  /** Whether training leaves its weights alone. */
  readonly isFrozen?: boolean;
}

const unmarked: UnitMarks = { silenced: new Set(), frozen: new Set() };

/** The marks with those of one unit changed. */
export function markUnit(
  marks: ReadonlyMap<string, UnitMarks>,
  path: string,
  unit: number,
  { isSilenced, isFrozen }: UnitChange,
): Map<string, UnitMarks> {
  const { silenced, frozen } = marks.get(path) ?? unmarked;
  const put = (set: ReadonlySet<number>, is: boolean | undefined): ReadonlySet<number> => {
    if (is === undefined) return set;
    const next = new Set(set);
    if (is) next.add(unit);
    else next.delete(unit);
    return next;
  };
  return new Map(marks).set(path, { silenced: put(silenced, isSilenced), frozen: put(frozen, isFrozen) });
}

/** The chain with its activations silencing what is marked. The layers with parameters are the same objects. */
export function silence(model: Layer, marks: ReadonlyMap<string, UnitMarks>): Layer {
  if (!(model instanceof Sequential)) return model;
  const paths = new Map([...linearLayers(model)].map(([path, layer]) => [layer as Layer, path]));
  let units = 0;
  let silenced: ReadonlySet<number> = new Set();
  const layers = model.layers.map((layer) => {
    if (layer instanceof Linear) {
      units = layer.outFeatures as number;
      silenced = marks.get(paths.get(layer)!)?.silenced ?? new Set();
      return layer;
    }
    if (!(layer instanceof Activation)) return layer;
    const { name } = layer;
    const marked = silenced;
    silenced = new Set(); // only the activation right behind the layer
    if (marked.size === 0) return new Activation(name);
    return new Silencing(name, tensor(Array.from({ length: units }, (_, unit) => (marked.has(unit) ? 0 : 1))));
  });
  return new Sequential(layers);
}

/** Takes silenced units out of a copy for a file: the weights that read them become 0. */
export function foldSilenced(model: Layer, copy: Layer, marks: ReadonlyMap<string, UnitMarks>): Layer {
  const original = [...linearLayers(model)];
  const copied = [...linearLayers(copy).values()];
  original.forEach(([path], i) => {
    const silenced = marks.get(path)?.silenced;
    const reader = copied[i + 1];
    if (silenced === undefined || silenced.size === 0 || reader === undefined) return;
    const { inFeatures, weight } = reader;
    const data = (weight.value.stored as TypedArray).slice();
    for (let at = 0; at < data.length; at++) if (silenced.has(at % inFeatures)) data[at] = 0;
    weight.assign(fromArray({ dtype: weight.dtype, shape: weight.shape, data }));
  });
  return new Sequential(
    chainOf(copy).map((layer) => (layer instanceof Silencing ? new Activation(layer.name) : layer)),
  );
}
