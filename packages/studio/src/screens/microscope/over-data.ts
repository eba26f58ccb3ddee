import { type ActivatingExample, type MostActivating, mostActivating } from "glassnet";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import { layerOf } from "./neuron.ts";

export interface OverDataParams {
  readonly layer: string;
  readonly unit: number;
  readonly part: "validation" | "training";
}

/** How strongly the examples of the data activate a neuron. */
export interface OverData extends Omit<MostActivating, "values"> {
  readonly part: "validation" | "training";
  readonly size: number;
  readonly step: number;
  /** The stored numbers of the examples in `top` and `bottom`, one behind the other. */
  readonly pictures: Float32Array<ArrayBuffer>;
}

export const EXAMPLES = 10;
export const BINS = 24;

/** Goes over a part of the data with the weights of the moment at which it was asked for. A job. */
export async function* overData(
  session: Session,
  { layer: path, unit, part }: OverDataParams,
): AsyncGenerator<{ readonly done: number; readonly of: number }, OverData, undefined> {
  const { activationPath } = layerOf(session, path, unit);
  const data = part === "training" ? session.data.training : session.data.validation;
  if (data === null) throw new StudioError("no-training-data", "no examples were kept apart to look at");
  const model = await session.copyModel();
  const { step } = session.teacher;
  const { preprocessing } = session.project;
  const stop = new AbortController();
  const heard = new Beat();
  const work = mostActivating(
    model,
    { ...data, preprocessing },
    {
      ...{ layer: activationPath ?? path, unit, count: EXAMPLES, bins: BINS, device: session.device },
      signal: stop.signal,
      onProgress: (done) => heard.beat(done),
    },
  );
  work.catch(() => undefined); // who stops it does not wait for it
  try {
    for (;;) {
      const found = await Promise.race([work, heard.next()]);
      if (typeof found !== "number") {
        const { values: _, ...rest } = found;
        const pictures = picturesOf(data.inputs.data, data.size, [...found.top, ...found.bottom]);
        return { ...rest, layer: path, part, size: data.size, step, pictures };
      }
      yield { done: found, of: data.size };
    }
  } finally {
    stop.abort(new Error("stopped"));
  }
}

/** Says how far something is, to one who asks for the next news. */
class Beat {
  #tell: (done: number) => void = () => undefined;

  beat(done: number): void {
    this.#tell(done);
  }

  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#tell = resolve;
    });
  }
}

function picturesOf(
  stored: ArrayLike<number>,
  rows: number,
  examples: readonly ActivatingExample[],
): Float32Array<ArrayBuffer> {
  const width = stored.length / rows;
  const pictures = new Float32Array(examples.length * width);
  examples.forEach(({ index }, k) => {
    for (let i = 0; i < width; i++) pictures[k * width + i] = stored[index * width + i]!;
  });
  return give(pictures);
}
