import { type Compiled, compile, type Device, type Layer, Run, type Tensor } from "glassnet";

/** What went through a model in one run. */
export interface Inside {
  /** Inputs and outputs of all layers by path; a layer that is called twice has a second entry, `path#2`. */
  readonly layers: ReadonlyMap<string, { readonly input: Tensor; readonly output: Tensor }>;
  readonly output: Tensor;
}

interface Calls {
  readonly calls: { readonly input: Tensor; readonly output: Tensor }[];
  readonly output: Tensor;
}

/**
 * A model made ready to be looked into many times: the same numbers as `capture` of the library, of a program that is made once
 * for each size of batch. The present weights are used at every call.
 */
export class Insight {
  readonly #compiled: Compiled<[Tensor], never>;
  #paths: string[] = [];

  constructor(model: Layer, device: Device) {
    const run = (input: Tensor): Calls => {
      const paths: string[] = [];
      const calls: { input: Tensor; output: Tensor }[] = [];
      const seen = new Map<string, number>();
      const onCall = (path: string, into: Tensor, output: Tensor): void => {
        const count = (seen.get(path) ?? 0) + 1;
        seen.set(path, count);
        paths.push(count === 1 ? path : `${path}#${count}`);
        calls.push({ input: into, output });
      };
      const output = model.call(input, new Run({ onCall }));
      this.#paths = paths;
      return { calls, output };
    };
    this.#compiled = compile(run as never, { device });
  }

  /** @param x inputs as the network sees them: [batch, ...] */
  async look(x: Tensor): Promise<Inside> {
    const { calls, output } = (await this.#compiled(x)) as Calls;
    return { layers: new Map(calls.map((call, i) => [this.#paths[i]!, call])), output };
  }

  release(): Promise<void> {
    return this.#compiled.release();
  }
}
