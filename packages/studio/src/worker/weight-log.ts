import { type Layer, paramsOf, type TypedArray } from "glassnet";

/** Weights of one moment of the training, by path. */
export type Weights = ReadonlyMap<string, TypedArray>;

const MAX_BYTES = 64 * 2 ** 20;

/** Weights of the start and of the ends of epochs, for "changed since". When there are too many, every other one goes. */
export class WeightLog {
  #entries = new Map<number, Weights>();

  /** Keeps a copy of the present weights as those of `step`. */
  keep(step: number, model: Layer): void {
    const weights = new Map<string, TypedArray>();
    let bytes = 0;
    for (const [path, { value }] of paramsOf(model)) {
      const { stored } = value;
      if (stored === undefined) return;
      weights.set(path, stored.slice());
      bytes += stored.byteLength;
    }
    this.#entries.set(step, weights);
    while (this.#entries.size > 2 && this.#entries.size * bytes > MAX_BYTES) this.#thin();
  }

  #thin(): void {
    const steps = this.steps;
    this.#entries = new Map([...this.#entries].filter(([step], i) => i % 2 === 0 || i === 0 || step === steps.at(-1)));
  }

  /** The steps whose weights are kept, in order. */
  get steps(): readonly number[] {
    return [...this.#entries.keys()];
  }

  /** The weights kept at `step`, or at the last kept step before it. */
  at(step: number): { readonly step: number; readonly weights: Weights } | undefined {
    const found = this.steps.findLast((kept) => kept <= step);
    return found === undefined ? undefined : { step: found, weights: this.#entries.get(found)! };
  }

  clear(): void {
    this.#entries.clear();
  }
}
