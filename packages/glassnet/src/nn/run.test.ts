import { describe, expect, test } from "vitest";
import { Rng } from "../core/random.ts";
import { compile } from "../tensor/compile.ts";
import { ones, tensor, zeros } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import { keyOf } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param, paramsOf, State, variablesOf } from "../tensor/variable.ts";
import { Layer, type LayerConfig } from "./layer.ts";
import { linear } from "./linear.ts";
import { Run } from "./run.ts";
import { sequential } from "./sequential.ts";

const rng = Rng.seeded(0);

/** Calls its parts by hand, and holds them in all the ways that are found. */
class Branches extends Layer {
  readonly single = linear(2, 2, { rng });
  readonly list = [linear(2, 2, { rng }), [linear(2, 2, { rng, bias: false })]] as const;
  readonly named = { left: linear(2, 2, { rng, bias: false }), "right one": new Param(zeros([2])) };
  readonly again = this.single.weight;
  readonly note = "neither a variable nor a layer";
  readonly count = new State(zeros([]));

  protected override forward(x: Tensor, run: Run): Tensor {
    const y = this.list[1][0].call(this.list[0].call(this.single.call(x, run), run), run);
    return this.named.left.call(y, run).add(this.named["right one"]);
  }

  override config(): LayerConfig {
    return { kind: "branches" };
  }
}

describe("a layer's parameters", () => {
  test("are found in its fields, lists and objects; one that is shared stands under its first path", () => {
    expect([...paramsOf(new Branches()).keys()]).toEqual([
      "single.weight",
      "single.bias",
      "list.0.weight",
      "list.0.bias",
      "list.1.0.weight",
      "named.left.weight",
      "named.right one",
    ]);
    expect([...variablesOf(new Branches()).keys()]).toContain("count");
  });
});

describe("a run", () => {
  test("is an evaluation unless it says otherwise", () => {
    expect(new Run().training).toBe(false);
    expect(new Run({ training: true }).training).toBe(true);
  });

  test("calls onCall with each layer's path, inner layers first", () => {
    const calls: string[] = [];
    const x = ones([1, 2]);
    const onCall = (path: string, input: Tensor, output: Tensor) =>
      calls.push(`${path || "(all)"}: [${input.shape.join()}] → [${output.shape.join()}]`);
    sequential(new Branches(), sequential(relu, linear(2, 3, { rng }))).call(x, new Run({ onCall }));
    expect(calls).toEqual([
      "layers.0.single: [1,2] → [1,2]",
      "layers.0.list.0: [1,2] → [1,2]",
      "layers.0.list.1.0: [1,2] → [1,2]",
      "layers.0.named.left: [1,2] → [1,2]",
      "layers.0: [1,2] → [1,2]",
      "layers.1.layers.0: [1,2] → [1,2]",
      "layers.1.layers.1: [1,2] → [1,3]",
      "layers.1: [1,2] → [1,3]",
      "(all): [1,2] → [1,3]",
    ]);
  });

  test("knows the path of every layer below the one that was called first", () => {
    const inner = linear(2, 2, { rng });
    const model = sequential(relu, sequential(inner));
    const run = new Run();
    expect(run.pathOf(inner)).toBe("");
    model.call(ones([1, 2]), run);
    expect(run.pathOf(inner)).toBe("layers.1.layers.0");
    expect(run.pathOf(model)).toBe("");
    expect(run.pathOf(linear(1, 1, { rng }))).toBe("");
  });

  test("knows a second model that it is taken through, too", () => {
    const [run, first, second] = [new Run(), sequential(relu), sequential(relu, linear(2, 2, { rng }))];
    second.call(first.call(ones([1, 2]), run), run);
    expect(run.pathOf(second.layers[1]!)).toBe("layers.1");
  });

  test("counts a layer that is in no field to the layer that calls it", () => {
    class Closed extends Layer {
      readonly #inner = sequential(relu, linear(2, 2, { rng }));

      protected override forward(x: Tensor, run: Run): Tensor {
        return this.#inner.call(x, run);
      }

      override config(): LayerConfig {
        return { kind: "closed" };
      }
    }
    const calls: string[] = [];
    const run = new Run({ onCall: (path) => calls.push(path) });
    const model = sequential(relu, new Closed());
    expect(model.call(ones([1, 2]), run).scope).toBe("layers.1");
    expect(calls).toEqual(["layers.0", "layers.1", ""]);
    expect(() => model.call(ones([1, 3]), run)).toThrow("in layers.1");
  });

  test("marks what a layer computes with its path", () => {
    const model = sequential(relu, linear(2, 2, { rng }));
    expect(model.call(ones([1, 2])).scope).toBe("layers.1");
  });

  test("names the layer in which something fails, the innermost only", () => {
    const model = sequential(
      relu,
      sequential((x: Tensor) => x.add(ones([3]))),
    );
    expect(() => model.call(ones([1, 2]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: add: shapes do not broadcast: 2 and 3 at axis -1
        a: f32[1, 2]
        b: f32[3]
        in layers.1.layers.0]
    `);
    expect(() => linear(2, 2, { rng }).call(ones([1, 3]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: linear: expected 2 features in the last axis, got 3
        x: f32[1, 3]
        weight: f32[2, 2]]
    `);
  });

  test("lets errors that are not the library's through as they are", () => {
    const fail = () => {
      throw new RangeError("mine");
    };
    expect(() => sequential(fail).call(ones([1]))).toThrow(new RangeError("mine"));
  });

  test("assigns to a state at once outside of traces", () => {
    const state = new State(tensor([1, 2]));
    new Run().assign(state, tensor([3, 4]));
    expect(state.value.toArraySync()).toEqual([3, 4]);
  });
});

describe("keys", () => {
  const layers = [relu, relu].map(() => linear(1, 1, { rng }));
  const keysOf = (run: Run) => {
    sequential(...layers).call(ones([1, 1]), run);
    return [layers[0]!, layers[1]!, layers[0]!].map((layer) => run.key(layer));
  };

  test("depend on the layer's path and on how often it asked, and are the run's otherwise", () => {
    const key = keyOf(1, 2);
    const keys = keysOf(new Run({ key }));
    expect(new Set(keys.map(({ stream }) => stream)).size).toBe(3);
    for (const { words } of keys) expect(words).toBe(key.words);
  });

  test("are the same in every run, and others under another stream", () => {
    const streams = (stream: number) => keysOf(new Run({ key: { ...keyOf(1, 2), stream } })).map((key) => key.stream);
    expect(streams(0)).toEqual(streams(0));
    expect(streams(0).filter((stream, i) => stream === streams(7)[i])).toEqual([]);
    for (const stream of streams(-1)) expect(stream).toBe(stream | 0); // 32 bits
  });

  test("are there only if the run has one", () => {
    expect(() => new Run({ training: true }).key(layers[0]!)).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: run.key: this run has no source of randomness
        help: pass one: new Run({ training: true, key: keyOf(seed, step) })]
    `);
  });
});

test("a layer that is called twice sees its old state both times, and says what it adds once", () => {
  class Counting extends Layer {
    readonly count = new State(tensor(0));
    protected override forward(x: Tensor): Tensor {
      return x.add(this.count);
    }
    override config() {
      return { kind: "counting" };
    }
  }
  class Twice extends Layer {
    readonly inner = new Counting();
    protected override forward(x: Tensor, run: Run): Tensor {
      const y = this.inner.call(this.inner.call(x, run), run);
      run.assign(this.inner.count, this.inner.count.value.add(1));
      return y.add(this.inner.count);
    }
    override config() {
      return { kind: "twice" };
    }
  }
  const model = new Twice();
  const compiled = compile((x: Tensor) => model.call(x));
  expect(model.call(tensor(1)).itemSync()).toBe(1);
  expect(model.inner.count.value.itemSync()).toBe(1);
  expect(compiled.sync(tensor(1)).itemSync()).toBe(4);
  expect(model.call(tensor(1)).itemSync()).toBe(7);
  expect(model.inner.count.value.itemSync()).toBe(3);
});
