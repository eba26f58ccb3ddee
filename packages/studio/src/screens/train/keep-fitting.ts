import { type Linear, linearLayers } from "glassnet";
import type { Session } from "../../worker/session.ts";

/** Weights of a linear layer as they were. */
interface Layer {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number> | null;
}

interface Remembered {
  hidden: Layer[];
  output: Layer | undefined;
}

const layersOf = (session: Session): readonly (readonly [string, Linear<number, number>])[] => [
  ...(linearLayers(session.project.model) as ReadonlyMap<string, Linear<number, number>>),
];

/** Remembers the weights of now, before the model is made anew. */
export async function remember(session: Session): Promise<void> {
  await session.current();
  const layers = layersOf(session).map(([, { inFeatures, outFeatures, weight, bias }]) => ({
    ...{ inFeatures, outFeatures },
    weight: weight.value.stored!.slice(),
    bias: bias?.value.stored?.slice() ?? null,
  }));
  const kept = session.own<Remembered>("train/remembered", () => ({ hidden: [], output: undefined }));
  kept.output = layers.pop();
  kept.hidden = layers;
}

/**
 * Puts the remembered weights into the new model as far as they fit: hidden layer by hidden layer from the front, the output layer
 * into the output layer; of each, the units and inputs that both have. The others keep their start values.
 *
 * @returns how many numbers were taken over
 */
export async function takeOver(session: Session): Promise<number> {
  const { hidden, output } = session.own<Remembered>("train/remembered", () => ({ hidden: [], output: undefined }));
  await session.current();
  const layers = layersOf(session);
  let taken = 0;
  await session.revise((variables) => {
    taken = 0; // the training and the model each take them
    for (const [i, [path, { inFeatures, outFeatures }]] of layers.entries()) {
      const before = i === layers.length - 1 ? output : hidden[i];
      if (before === undefined) continue;
      const weight = variables[`${path}.weight`]!.data;
      const bias = variables[`${path}.bias`]?.data;
      const width = Math.min(inFeatures, before.inFeatures);
      for (let unit = 0; unit < Math.min(outFeatures, before.outFeatures); unit++) {
        for (let k = 0; k < width; k++) weight[unit * inFeatures + k] = before.weight[unit * before.inFeatures + k]!;
        taken += width;
        if (bias === undefined || before.bias === null) continue;
        bias[unit] = before.bias[unit]!;
        taken++;
      }
    }
  });
  return taken;
}
