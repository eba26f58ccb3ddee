import { createContext, type ReactNode, useContext, useDeferredValue, useMemo } from "react";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count } from "../../i18n/numbers.ts";
import { useExample, useInfo, useLive, useUnit } from "../../worker/hooks.tsx";
import type { Info, LayerInfo, Trouble } from "../../worker/protocol.ts";
import { useSelection, useView } from "../../workspace/hooks.tsx";
import type { Neuron, NeuronParams } from "./neuron.ts";
import { texts } from "./texts.ts";

/** What every figure of the microscope is about. */
export interface Scope {
  readonly info: Info | undefined;
  /** The layer and unit that are selected. */
  readonly layer: LayerInfo | undefined;
  readonly unit: number;
  /** How requests name it; `null` while there is nothing to look at. */
  readonly params: NeuronParams | null;
  /** What was read last: it may still be of the unit before. */
  readonly neuron: Neuron | undefined;
  readonly trouble: Trouble | undefined;
  /** While training, figures ask at most so often. */
  readonly everyMs: number;
}

const ScopeContext = createContext<Scope | undefined>(undefined);

/** Larger models are asked less often, so that training is not held up. */
const everyMsOf = (parameters: number): number => Math.min(2000, 200 + parameters / 5000);

export function ScopeProvider({ children }: { children: ReactNode }) {
  const info = useInfo();
  const chosen = useUnit();
  const example = useExample();
  const [{ step }] = useSelection();
  const layer = chosen?.layer;
  const unit = chosen?.unit ?? 0;
  const everyMs = everyMsOf(info?.model.parameters ?? 0);
  const params = useMemo(
    () => (layer === undefined || example === null ? null : { layer: layer.path, unit, example, step }),
    [layer, unit, example, step],
  );
  const { data, trouble } = useLive("microscope/neuron", params, { everyMs });
  const neuron = useDeferredValue(data); // drawn in slices: frames come first
  const scope = useMemo(
    () => ({ info, layer, unit, params, neuron, trouble, everyMs }),
    [info, layer, unit, params, neuron, trouble, everyMs],
  );
  return <ScopeContext value={scope}>{children}</ScopeContext>;
}

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope === undefined) throw new Error("bug in the studio: no microscope around this figure");
  return scope;
}

/** The strongest term, until the reader chooses an input. */
const STRONGEST = -1;
const BIAS = -2;

const defaults = { tab: "sum", order: "size", fold: true, input: STRONGEST, part: "validation" };

/** What the microscope remembers of itself. */
export const useMicroscopeView = () => useView("microscope", defaults);

export function strongestOf(products: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < products.length; i++) if (Math.abs(products[i]!) > Math.abs(products[best]!)) best = i;
  return best;
}

/** The input that is looked at, and how to choose one; `null` is the bias. */
export function useInput(neuron: Neuron): readonly [number | null, (input: number | null) => void] {
  const [view, setView] = useMicroscopeView();
  const n = neuron.products.length;
  const strongest = useMemo(() => strongestOf(neuron.products), [neuron.products]);
  const input = view.input === BIAS ? null : view.input >= 0 && view.input < n ? view.input : strongest;
  return [input, (next) => setView({ input: next ?? BIAS })];
}

/** What an input of a layer is called: a pixel, a column of the table, a neuron of the layer before; `null` is the bias. */
export function useInputName(): (neuron: Neuron, input: number | null) => string {
  const m = useMessages(texts);
  const info = useInfo();
  return (neuron, input) => {
    if (input === null) return m.inputs.bias;
    if (neuron.source !== null) return m.inputs.unit(String(input));
    const columns = info?.data.columns;
    if (columns && columns.length === neuron.products.length) return columns[input] ?? m.inputs.input(String(input));
    const side = pictureSide(info, neuron);
    if (side === null) return m.inputs.input(String(input));
    return m.inputs.pixel(String(Math.floor(input / side)), String(input % side));
  };
}

/** Pixels in a row, where the neuron reads a picture; `null` where it does not. */
export function pictureSide(info: Info | undefined, neuron: Neuron): number | null {
  if (info === undefined || neuron.source !== null) return null;
  const { inputShape } = info.model;
  const [height, width] = inputShape.slice(-2);
  if (inputShape.length < 2 || height! * width! !== neuron.products.length) return null;
  return width!;
}

/** Where numbers are from: which example, which step, which pass. */
export function useProvenance(step: number, pass: "forward" | "backward" | "update"): string {
  const m = useMessages(texts);
  const language = useLanguage();
  const [{ example }] = useSelection();
  const picture =
    example.from === "drawing" ? m.pictures.drawing : m.pictures[example.from](count(example.index, language));
  return m.provenance(picture, count(step, language), m.passes[pass]);
}

/** A layer in words. */
export function useLayerName(): (layer: LayerInfo) => string {
  const m = useMessages(texts);
  const language = useLanguage();
  const info = useInfo();
  return (layer) => {
    const units = count(layer.outFeatures, language);
    if (layer.isOutput) return m.outputLayer(units, layer.activation === null ? "" : ` · ${layer.activation}`);
    const place = (info?.model.layers.findIndex(({ path }) => path === layer.path) ?? 0) + 1;
    return m.hiddenLayer(String(place), units, layer.activation ?? m.noActivation);
  };
}
