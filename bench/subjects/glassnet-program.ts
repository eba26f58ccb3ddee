import {
  buildProgram,
  type Device,
  GraphBuilder,
  infer,
  type LoadedProgram,
  Ops,
  type Source,
  type Value,
  type ValueOf,
} from "glassnet/engine";
import { ADAM } from "../workloads/answer.ts";

/** @file Programs of a single operation on states of the device, so that nothing is copied in or out between two runs. */

/** A loaded program with its states in place. */
export interface Resident {
  readonly device: Device;
  readonly loaded: LoadedProgram;
}

class ProgramSketch {
  readonly ops: Ops<Value>;
  readonly #builder = new GraphBuilder(infer);
  readonly #sources = new Map<ValueOf<"input">, Source>();

  constructor() {
    this.ops = new Ops<Value>(this.#builder);
  }

  input(kind: "state" | "row", name: string, shape: readonly number[]): ValueOf<"input"> {
    const input = this.#builder.input({ dtype: "f32", shape }, name);
    this.#sources.set(input, { kind, name });
    return input;
  }

  async load(
    device: Device,
    writes: readonly { readonly state: ValueOf<"input">; readonly value: Value }[],
    data: Readonly<Record<string, Float32Array>>,
    guard: readonly Value[] = [],
  ): Promise<Resident> {
    for (const [input, source] of this.#sources) {
      const values = source.kind === "state" ? data[source.name] : undefined;
      if (values !== undefined) await device.write(input.attrs.name, input, values);
    }
    return { device, loaded: await device.load(buildProgram({ sources: this.#sources, writes, guard })) };
  }
}

/** c ← a b, all [n, n]. */
export function loadProduct(device: Device, n: number, a: Float32Array, b: Float32Array): Promise<Resident> {
  const sketch = new ProgramSketch();
  const state = (name: string) => sketch.input("state", name, [n, n]);
  const value = sketch.ops.matmul(state("a"), state("b"));
  return sketch.load(device, [{ state: state("c"), value }], { a, b, c: new Float32Array(n * n) });
}

/**
 * Adam on one tensor w with gradient g; each step takes its learning rate and bias corrections from a row. With `isGuarded` all
 * new values have to be finite, or the step is not applied, as in `train`: then none can be written where the old ones lie.
 */
export function loadAdam(
  device: Device,
  w: Float32Array,
  g: Float32Array,
  { isGuarded }: { readonly isGuarded: boolean },
): Promise<Resident> {
  const size = w.length;
  const sketch = new ProgramSketch();
  const { ops } = sketch;
  const { beta1, beta2, epsilon } = ADAM;
  const [param, grad, m, v] = ["w", "g", "m", "v"].map((name) => sketch.input("state", name, [size])) as [
    ValueOf<"input">,
    ValueOf<"input">,
    ValueOf<"input">,
    ValueOf<"input">,
  ];
  const row = (name: string) => sketch.input("row", name, []);
  const nextM = ops.add(ops.mul(m, beta1), ops.mul(grad, 1 - beta1));
  const nextV = ops.add(ops.mul(v, beta2), ops.mul(ops.mul(grad, grad), 1 - beta2));
  const root = ops.add(ops.sqrt(ops.mul(nextV, row("correction2"))), epsilon);
  const direction = ops.div(ops.mul(nextM, row("correction1")), root);
  const writes = [
    { state: param, value: ops.sub(param, ops.mul(direction, row("learningRate"))) },
    { state: m, value: nextM },
    { state: v, value: nextV },
  ];
  const states = { w, g, m: new Float32Array(size), v: new Float32Array(size) };
  return sketch.load(device, writes, states, isGuarded ? writes.map(({ value: next }) => next) : []);
}

/** The rows of Adam's steps `first` to `first + steps - 1`, counted from 1. */
export function adamRows(first: number, steps: number): Record<string, Float32Array> {
  const column = (of: (t: number) => number) => Float32Array.from({ length: steps }, (_, i) => of(first + i));
  return {
    learningRate: column(() => ADAM.learningRate),
    correction1: column((t) => 1 / (1 - ADAM.beta1 ** t)),
    correction2: column((t) => 1 / (1 - ADAM.beta2 ** t)),
  };
}
