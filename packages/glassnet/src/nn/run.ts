import { GlassnetError, GraphError } from "../core/errors.ts";
import { checkNames, type OptionNames } from "../core/option.ts";
import { hashPath } from "../core/random.ts";
import type { Key } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { deferAssignments, withScope } from "../tensor/trace.ts";
import { type Module, type State, type Variable, visit } from "../tensor/variable.ts";

export interface RunOptions {
  /** Whether layers behave as in training (dropout drops, running statistics move). False by default. */
  readonly training?: boolean;
  /** Source of randomness for this run, such as `keyOf(seed, step)`; needed by layers that draw. */
  readonly key?: Key;
  /** Called with every layer's path, input and output; see `explain/capture.ts`. */
  readonly onCall?: (path: string, input: Tensor, output: Tensor) => void;
}

const runNames: OptionNames<RunOptions> = { training: true, key: true, onCall: true };

/**
 * One pass through a model: the only place of mode, randomness and mutation. It also knows the path of every layer
 * below the one that was called first, so that computations and errors carry the layer's name.
 */
export class Run {
  readonly training: boolean;
  readonly #key: Key | undefined;
  readonly #onCall: RunOptions["onCall"];
  readonly #paths = new Map<Module | Variable, string>();
  readonly #draws = new Map<string, number>();
  #inner = false;

  constructor(options: RunOptions = {}) {
    checkNames("Run", runNames, options);
    const { training = false, key, onCall } = options;
    this.training = training;
    this.#key = key;
    this.#onCall = onCall;
  }

  /** The path of a layer in this run, such as `layers.0`. */
  pathOf(layer: Module): string {
    return this.#paths.get(layer) ?? "";
  }

  /**
   * A random key of the layer's own: from the run's key, the layer's path and how often it asked before.
   *
   * @throws GraphError if the run has no key.
   */
  key(layer: Module): Key {
    const path = this.pathOf(layer);
    if (this.#key === undefined) {
      throw new GraphError("invalid-graph", "run.key", "this run has no source of randomness", {
        help: "pass one: new Run({ training: true, key: keyOf(seed, step) })",
      });
    }
    const draw = this.#draws.get(path) ?? 0;
    this.#draws.set(path, draw + 1);
    return { words: this.#key.words, stream: (this.#key.stream ^ hashPath(`${path}#${draw}`)) | 0 };
  }

  /** Replaces a state at the end of the step. The layer goes on with the old value. */
  assign(state: State, value: Tensor): void {
    state.assign(value);
  }

  /** The names below a model that begins a pass. */
  #learnPaths(model: Module): void {
    visit(model, "", (part, path) => {
      if (!this.#paths.has(part)) this.#paths.set(part, path);
    });
  }

  /** The layer that was called first. Its call is the step at whose end assignments take effect. */
  #outermost(path: string, forward: () => Tensor): Tensor {
    this.#inner = true;
    try {
      return deferAssignments(() => withScope(path, forward));
    } finally {
      this.#inner = false;
    }
  }

  /** @internal Runs a layer's formula under its name. */
  enter(layer: Module, input: Tensor, forward: () => Tensor): Tensor {
    if (!this.#inner && !this.#paths.has(layer)) this.#learnPaths(layer);
    const path = this.#paths.get(layer);
    if (path === undefined) return forward(); // in no field of the model: part of the layer that calls it
    try {
      const output = this.#inner ? withScope(path, forward) : this.#outermost(path, forward);
      this.#onCall?.(path, input, output);
      return output;
    } catch (error) {
      if (error instanceof GlassnetError) error.locate(path);
      throw error;
    }
  }
}
