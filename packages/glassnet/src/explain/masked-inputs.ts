import type { Device } from "../backends/backend.ts";
import { sizeOf } from "../core/shape.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Compiled } from "../tensor/compile.ts";
import { fromArray } from "../tensor/create.ts";
import { where as select } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { doublesOf } from "./attribution.ts";
import type { Progress } from "./long-work.ts";
import { answersOf, chosenOf, type OutputChoice } from "./output-choice.ts";
import { withCompiled } from "./with-compiled.ts";

/** Variants of an example that one run looks at. */
const CHUNK = 64;

interface Masking {
  readonly where: string;
  readonly model: Layer;
  readonly x: Tensor;
  readonly baseline: Tensor;
  readonly choice: OutputChoice;
  readonly device: Device;
  readonly progress: Progress;
}

/** Looks at variants of one example in which some inputs are those of the baseline. */
export class MaskedInputs {
  readonly #masking: Masking;
  readonly #compiled: Compiled<[Tensor, Tensor, Tensor], Tensor>;

  private constructor(masking: Masking, compiled: Compiled<[Tensor, Tensor, Tensor], Tensor>) {
    this.#masking = masking;
    this.#compiled = compiled;
  }

  /** Lends one to `work`. */
  static with<T>(masking: Masking, work: (masked: MaskedInputs) => Promise<T>): Promise<T> {
    const { where, model, choice, device } = masking;
    const chosen = (x: Tensor, baseline: Tensor, mask: Tensor): Tensor => {
      const variants = select(mask, baseline, x); // [variants, ...]
      return chosenOf(
        choice,
        answersOf(where, model, variants, choice, (run) => new Run(run)),
      );
    };
    return withCompiled(device, chosen, (compiled) => work(new MaskedInputs(masking, compiled)));
  }

  /** The explained number for `count` variants. `mark` sets to 1 in `mask` what the i-th one takes from the baseline. */
  async outputs(count: number, mark: (i: number, mask: Uint8Array) => void): Promise<Float64Array> {
    const { x, baseline, device, progress } = this.#masking;
    const size = sizeOf(x.shape);
    const found = new Float64Array(count);
    const rows = Math.min(count, CHUNK);
    for (let begin = 0; begin < count; begin += rows) {
      const data = new Uint8Array(rows * size); // rows that are left over show the example itself
      const end = Math.min(begin + rows, count);
      for (let i = begin; i < end; i++) mark(i, data.subarray((i - begin) * size, (i - begin + 1) * size));
      const mask = fromArray({ dtype: "bool", shape: [rows, ...x.shape.slice(1)], data });
      const [outputs] = await doublesOf([await this.#compiled(x, baseline, mask)], device);
      found.set(outputs!.subarray(0, end - begin), begin);
      await progress.advance(end - begin);
    }
    return found;
  }
}
