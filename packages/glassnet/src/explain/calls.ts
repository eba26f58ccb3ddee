import { alternatives, ShapeError, UsageError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import { Layer } from "../nn/layer.ts";
import { Run, type RunOptions } from "../nn/run.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Module, visit } from "../tensor/variable.ts";
import { behind } from "./with-weights.ts";

/** @file The calls of layers in a run, and runs in which what a layer gave is replaced. */

/** The layers of a model by path. One that is shared stands under its first path, as in a run. */
export function layersByPath(model: Layer): Map<string, Layer> {
  const paths = new Map<Layer, string>();
  visit(behind(model).model, "", (part, path) => {
    if (part instanceof Layer && !paths.has(part)) paths.set(part, path);
  });
  return new Map([...paths].map(([layer, path]) => [path, layer]));
}

/** What a call in a run is a call of: `inner#2` is the second one of `inner`. */
export function pathOfCall(call: string, layers: ReadonlyMap<string, Layer>): string {
  return layers.has(call) ? call : call.replace(/#\d+$/, "");
}

/** Names calls in the order in which they end: `path`, then `path#2`. */
export class CallNames {
  readonly #counts = new Map<string, number>();

  next(path: string): string {
    const count = (this.#counts.get(path) ?? 0) + 1;
    this.#counts.set(path, count);
    return count === 1 ? path : `${path}#${count}`;
  }
}

/** @throws ShapeError unless x holds one example. */
export function checkSingle(where: string, x: Tensor): void {
  if (x.shape[0] === 1) return;
  throw new ShapeError("shape-mismatch", where, "explains one example at a time: the first axis must be 1", {
    operands: { x: formatType(x) },
  });
}

/** A call that a run did not make. @throws UsageError listing those that it made. */
export function missingCall(where: string, call: string, made: readonly string[]): never {
  const named = made.filter((name) => name !== "");
  const what = `the model makes no call "${call}": expected ${alternatives(named)}`;
  throw new UsageError("invalid-option", where, named.length > 0 ? what : "the model calls no layer of its own");
}

/** A run in which the output of one call is replaced before anyone else sees it. */
export class Intervention extends Run {
  readonly #paths: ReadonlyMap<Module, string>;
  readonly #names = new CallNames();
  readonly #call: string;
  readonly #replace: (output: Tensor) => Tensor;
  readonly #made: string[] = [];

  constructor(model: Layer, call: string, replace: (output: Tensor) => Tensor, options?: RunOptions) {
    super(options);
    this.#paths = new Map([...layersByPath(model)].map(([path, layer]) => [layer, path]));
    this.#call = call;
    this.#replace = replace;
  }

  /** @internal */
  override enter(layer: Module, input: Tensor, forward: () => Tensor): Tensor {
    const path = this.#paths.get(layer);
    if (path === undefined) return super.enter(layer, input, forward);
    return super.enter(layer, input, () => {
      const output = forward();
      const name = this.#names.next(path);
      this.#made.push(name);
      return name === this.#call ? this.#replace(output) : output;
    });
  }

  /** @throws UsageError if the run that is over made no such call. */
  checkMade(where: string): void {
    if (!this.#made.includes(this.#call)) missingCall(where, this.#call, this.#made);
  }
}
