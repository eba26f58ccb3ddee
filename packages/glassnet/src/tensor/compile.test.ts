import { describe, expect, test } from "vitest";
import type { Device } from "../backends/backend.ts";
import { openReference } from "../backends/reference/device.ts";
import { printProgram } from "../program/print.ts";
import { compile } from "./compile.ts";
import { tensor, zeros } from "./create.ts";
import { concat } from "./functions.ts";
import { grad, valueAndGrad } from "./grad.ts";
import type { Tensor } from "./tensor.ts";
import { Param, State } from "./variable.ts";

/** A device that cannot block, noting how many programs it holds. */
function distant(): { device: Device; held: () => number } {
  const { sync: _, ...inner } = openReference();
  const loaded = new Set<unknown>();
  const device: Device = {
    ...inner,
    load: async (program) => {
      const handle = await inner.load(program);
      loaded.add(handle);
      return handle;
    },
    unload: async (handle) => {
      loaded.delete(handle);
      await inner.unload(handle);
    },
  };
  return { device, held: () => loaded.size };
}

describe("a compiled function", () => {
  test("computes what the function does, at once or later, here or on a device that cannot block", async () => {
    const f = (x: Tensor, y: Tensor) => x.mul(y).sum();
    const { device } = distant();
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    expect(compile(f).sync(a, b).itemSync()).toBe(11);
    expect((await compile(f)(a, b)).itemSync()).toBe(11);
    expect((await compile(f, { device })(a, b)).itemSync()).toBe(11);
    expect(() => compile(f, { device }).sync(a, b)).toThrowErrorMatchingInlineSnapshot(`
      [UnsupportedError: reference: this backend cannot compute synchronously
        help: use the asynchronous form, such as data() for dataSync()]
    `);
  });

  test("is traced once for each combination of shapes, dtypes and structure", () => {
    let traces = 0;
    const f = compile((x: { a: Tensor; b: readonly Tensor[] }) => {
      traces++;
      return x.b.reduce((sum, y) => sum.add(y), x.a);
    });
    const call = (a: Tensor, ...b: Tensor[]) => f.sync({ a, b }).toArraySync();
    expect(call(tensor([1]), tensor([2]))).toEqual([3]);
    expect(call(tensor([5]), tensor([6]))).toEqual([11]);
    expect(traces).toBe(1);
    expect(call(tensor([1, 2]), tensor([2]))).toEqual([3, 4]);
    expect(call(tensor([1], { dtype: "i32" }), tensor([2], { dtype: "i32" }))).toEqual([3]);
    expect(call(tensor([1]), tensor([2]), tensor([3]))).toEqual([6]);
    expect(traces).toBe(4);
    expect(call(tensor([7]), tensor([8]))).toEqual([15]);
    expect(traces).toBe(4);
  });

  test("keeps the programs used last, and hands the others back", async () => {
    const { device, held } = distant();
    let traces = 0;
    const f = compile(
      (x: Tensor) => {
        traces++;
        return x.neg();
      },
      { device, cacheSize: 2 },
    );
    for (const n of [1, 2, 1, 3, 1]) await f(zeros([n]));
    expect([traces, held()]).toEqual([3, 2]);
    await f(zeros([2])); // was dropped for 3
    expect([traces, held()]).toEqual([4, 2]);
    await f.release();
    expect(held()).toBe(0);
    expect((await f(tensor([1]))).itemSync()).toBe(-1);
  });

  test("returns trees, arguments as they came, constants and the same tensor twice", () => {
    const outside = tensor([9]);
    const f = compile((x: Tensor) => ({ x, list: [x.add(1), outside], nested: { twice: x } }));
    const { x, list, nested } = f.sync(tensor([1]));
    expect([x, ...list, nested.twice].map((t) => t.toArraySync())).toEqual([[1], [2], [9], [1]]);
  });

  test("takes pending arguments", () => {
    const x = tensor([1, 2]).mul(2);
    expect(
      compile((y: Tensor) => y.add(1))
        .sync(x)
        .toArraySync(),
    ).toEqual([3, 5]);
    expect(x.stored).toEqual(Float32Array.of(2, 4));
  });

  test("prints as a program in which arguments and variables are fed", () => {
    const w = new Param(tensor([[1, 2]]));
    const scale = tensor([1, 2, 3]);
    const program = compile((x: Tensor) => x.matmul(w).mul(0.5).add(x.sum()).mul(scale.sum())).program(zeros([3, 1]));
    expect(printProgram(program).replace(/variable \d+/g, "variable #")).toMatchInlineSnapshot(`
      "b0: f32[3, 1] = feed "argument 0"
      b1: f32[1, 2] = state "variable #"
      b3: f32[] = constant 0.5
      b7: f32[3] = constant
      b2: f32[3, 2] = matmul b0 b1
      b4: f32[3, 2] = mul b2 b3
      b5: f32[] = sum b0 {axes=[0, 1], keepDims=false}
      b6: f32[3, 2] = add b4 b5
      b8: f32[] = sum b7 {axes=[0], keepDims=false}
      b9: f32[3, 2] = mul b6 b8
      return 0 = b9"
    `);
  });

  test("may compile nothing at all", () => {
    expect(compile(() => []).sync()).toEqual([]);
    expect(
      compile(() => tensor([1]))
        .sync()
        .toArraySync(),
    ).toEqual([1]);
  });
});

describe("variables", () => {
  test("that are read are inputs: their present values count at every call", () => {
    let traces = 0;
    const w = new Param(tensor([1, 2]));
    const f = compile((x: Tensor) => {
      traces++;
      return x.mul(w);
    });
    expect(f.sync(tensor([10, 10])).toArraySync()).toEqual([10, 20]);
    w.assign(tensor([3, 4]).mul(1)); // pending
    expect(f.sync(tensor([10, 10])).toArraySync()).toEqual([30, 40]);
    expect(traces).toBe(1);
  });

  test("that are assigned change after the call, all together", () => {
    const [a, b] = [new State(tensor(1)), new State(tensor(2))];
    const seen: boolean[] = [];
    const swap = compile(() => {
      const before = a.value;
      a.assign(b.value);
      b.assign(before);
      seen.push(a.value === before);
      return a.value.add(b.value);
    });
    expect(swap.sync().itemSync()).toBe(3);
    expect([a.value.itemSync(), b.value.itemSync()]).toEqual([2, 1]);
    swap.sync();
    expect([a.value.itemSync(), b.value.itemSync()]).toEqual([1, 2]);
    expect(seen).toEqual([true]); // inside, a variable keeps its value
  });

  test("that are assigned need not be read; two assignments in one step are refused", () => {
    const count = new State(tensor(0));
    const once = compile((x: Tensor) => {
      count.assign(x.sum());
      return [];
    });
    once.sync(tensor([1, 2]));
    expect(count.value.itemSync()).toBe(3);
    const twice = compile((x: Tensor) => {
      count.assign(x.sum());
      count.assign(x.sum().mul(10));
      return [];
    });
    expect(() => twice.sync(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: assign: f32[] is assigned twice in one step
        help: assignments take effect at the end of a step, so only one can count: combine the two values]
    `);
    expect(count.value.itemSync()).toBe(3);
  });

  test("train by hand: gradients and updates in one program", async () => {
    const w = new Param(tensor([0, 0]));
    const step = compile((x: Tensor, target: Tensor) => {
      const { value, grads } = valueAndGrad((p: Param) => x.matmul(p).sub(target).square().mean())(w);
      w.assign(w.value.sub(grads.mul(0.5)));
      return value;
    });
    const x = tensor([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    const target = tensor([2, -1, 1]);
    let loss = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 60; i++) loss = await (await step(x, target)).item();
    expect(loss).toBeLessThan(1e-6);
    const [first, second] = w.value.dataSync();
    expect([first, second].map((y) => Math.round(y! * 100) / 100)).toEqual([2, -1]);
  });

  test("refuse a value of another type, inside and outside", () => {
    const w = new Param(tensor([1, 2]));
    expect(() => w.assign(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: assign: expected f32[2], got f32[1]]",
    );
    const f = compile((x: Tensor) => {
      w.assign(x.cast("f64"));
      return x;
    });
    expect(() => f.sync(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      "[ShapeError: assign: expected f32[2], got f64[2]]",
    );
    expect(w.value.toArraySync()).toEqual([1, 2]);
  });
});

describe("what a function closes over", () => {
  test("is a constant, computed once if it was pending", () => {
    const pending = tensor([1, 2]).exp();
    const f = compile((x: Tensor) => x.add(pending));
    f.sync(tensor([0, 0]));
    expect(pending.stored).toBeDefined();
    const prims = f.program(tensor([0, 0])).instructions.map(({ prim }) => prim);
    expect(prims).toEqual(["add"]);
  });

  test("may be read inside, if it is older than the trace", () => {
    const n = tensor([2, 3]).sum();
    const f = compile((x: Tensor) => concat(Array.from({ length: n.itemSync() }, () => x)));
    expect(f.sync(tensor([7])).toArraySync()).toEqual([7, 7, 7, 7, 7]);
  });
});

describe("what cannot be traced is refused:", () => {
  test("reading a value of the trace", async () => {
    const f = compile((x: Tensor) => (x.sum().itemSync() > 0 ? x : x.neg()));
    expect(() => f.sync(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: read: a value cannot be read while its function is being traced
        help: return the tensor from the compiled or differentiated function, and read it there]
    `);
    await expect(f(tensor([1]))).rejects.toThrowErrorMatchingInlineSnapshot(`
      [GraphError: read: a value cannot be read while its function is being traced
        help: return the tensor from the compiled or differentiated function, and read it there]
    `);
    const g = compile((x: Tensor) => tensor(x.toArraySync()));
    expect(() => g.sync(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: read: a value cannot be read while its function is being traced
        help: return the tensor from the compiled or differentiated function, and read it there]
    `);
  });

  test("a tensor that was kept from a trace", () => {
    let kept = tensor(0);
    compile((x: Tensor) => {
      kept = x;
      return x;
    }).sync(tensor([1]));
    expect(() => kept.add(1).dataSync()).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: read: f32[1] has no value: it stands for an input in a trace
        help: return it from the compiled or differentiated function, and read it there]
    `);
  });

  test("an async function, whatever it does later", async () => {
    const f = compile((async (x: Tensor) => tensor(await x.item())) as unknown as (x: Tensor) => Tensor);
    expect(() => f.sync(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      "[GraphError: trace: the function is async; a traced function must return tensors at once]",
    );
    await expect(f(tensor([1]))).rejects.toThrowErrorMatchingInlineSnapshot(
      "[GraphError: trace: the function is async; a traced function must return tensors at once]",
    );
    const g = grad((async (x: Tensor) => tensor(await x.item())) as unknown as (x: Tensor) => Tensor);
    expect(() => g(tensor([1]))).toThrowErrorMatchingInlineSnapshot(
      "[GraphError: trace: the function is async; a traced function must return tensors at once]",
    );
  });

  test("arguments and results that are no tensors", () => {
    const wrong =
      (f: unknown, ...args: unknown[]) =>
      () =>
        compile(f as () => Tensor).sync(...(args as []));
    const same = (x: unknown) => x;
    expect(wrong(same, 5)).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: compile: expected tensors in arrays and plain objects, got number at 0
        help: a number is made a tensor by scalar(x)]
    `);
    expect(wrong(same, { a: [tensor(1), "b"] })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: expected tensors in arrays and plain objects, got string at 0.a.1]",
    );
    expect(wrong(same, null)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: expected tensors in arrays and plain objects, got null at 0]",
    );
    expect(wrong(same, new Map())).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: expected tensors in arrays and plain objects, got Map at 0]",
    );
    expect(wrong(same, Object.create(null, { a: { value: 1, enumerable: true } }))).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: compile: expected tensors in arrays and plain objects, got number at 0.a
        help: a number is made a tensor by scalar(x)]
    `);
    expect(wrong(() => ({ loss: 3 }))).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: compile: expected tensors in arrays and plain objects, got number at loss
        help: a number is made a tensor by scalar(x)]
    `);
    expect(wrong(() => undefined)).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: expected tensors in arrays and plain objects, got undefined]",
    );
    expect(wrong(() => [new Param(tensor(1))])).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: expected tensors in arrays and plain objects, got Param at 0]",
    );
  });

  test("a cache of no size", () => {
    expect(() => compile((x: Tensor) => x, { cacheSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: cacheSize must be a whole number of at least 1, got 0]",
    );
    expect(() => compile((x: Tensor) => x, { cacheSize: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      "[UsageError: compile: cacheSize must be a whole number of at least 1, got 1.5]",
    );
  });

  test("and leaves no trace behind: the next call works", () => {
    const w = new Param(tensor([1]));
    const failing = compile((x: Tensor) => {
      w.assign(x.mul(2));
      throw new Error("on purpose");
    });
    expect(() => failing.sync(tensor([1]))).toThrow("on purpose");
    expect(w.value.toArraySync()).toEqual([1]);
    expect(tensor([1]).add(1).toArraySync()).toEqual([2]);
  });
});

describe("traces nest:", () => {
  test("gradients inside a compiled function", () => {
    const f = compile((x: Tensor) => grad((y: Tensor) => y.mul(y).mul(y).sum())(x));
    expect(f.sync(tensor([1, 2, 3])).toArraySync()).toEqual([3, 12, 27]);
    const twice = compile((x: Tensor) => grad((y: Tensor) => grad((z: Tensor) => z.mul(z).mul(z).sum())(y).sum())(x));
    expect(twice.sync(tensor([1, 2])).toArraySync()).toEqual([6, 12]);
  });

  test("a compiled function inside a gradient is refused, because it would run", () => {
    const inner = compile((x: Tensor) => x.mul(2));
    expect(() => grad((x: Tensor) => inner.sync(x).sum())(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: read: a value cannot be read while its function is being traced
        help: return the tensor from the compiled or differentiated function, and read it there]
    `);
  });
});
