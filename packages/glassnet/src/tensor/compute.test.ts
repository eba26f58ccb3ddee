import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Device, SyncDevice } from "../backends/backend.ts";
import { openReference } from "../backends/reference/device.ts";
import { allocate } from "../core/dtype.ts";
import { Rng } from "../core/random.ts";
import { formatType, type TensorType } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import type { ValueOf } from "../ir/graph.ts";
import { printGraph } from "../ir/print.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import * as composite from "../ops/composite.ts";
import { Ops } from "../ops/operations.ts";
import { buildProgram } from "../program/build.ts";
import { printProgram } from "../program/print.ts";
import type { Program, Source } from "../program/program.ts";
import { compute, computeSync, countPending, MAX_PENDING } from "./compute.ts";
import { fromArray, tensor } from "./create.ts";
import { grad } from "./grad.ts";
import { ops, type Tensor } from "./tensor.ts";

/** The reference device, noting the programs that it is given and still holds. */
function watched(): { device: Device & { sync: SyncDevice }; ran: Program[]; held: Set<unknown> } {
  const inner = openReference();
  const ran: Program[] = [];
  const held = new Set<unknown>();
  const sync: SyncDevice = {
    ...inner.sync,
    load: (program) => {
      const loaded = inner.sync.load(program);
      held.add(loaded);
      return loaded;
    },
    run: (loaded, request) => {
      ran.push(loaded.program);
      return inner.sync.run(loaded, request);
    },
    unload: (loaded) => {
      held.delete(loaded);
      inner.sync.unload(loaded);
    },
  };
  return { device: { ...inner, sync }, ran, held };
}

/** A device that cannot block, as one in a worker. */
function distant(): Device {
  const { sync: _, ...device } = openReference();
  return device;
}

describe("evaluate", () => {
  test("computes several tensors in one run and shares what they have in common", async () => {
    const { device, ran, held } = watched();
    const shared = tensor([1, 2, 3]).exp();
    const [a, b] = [shared.sum(), shared.mul(2)];
    await compute([a, b, a], { device });
    expect(ran).toHaveLength(1);
    expect(ran[0]!.instructions.map(({ prim }) => prim)).toEqual(["exp", "sum", "mul"]);
    expect([a.stored?.length, b.stored?.length]).toEqual([1, 3]);
    expect(held.size).toBe(0);
  });

  test("runs nothing if everything is known", async () => {
    const { device, ran } = watched();
    const a = tensor([1, 2]).exp();
    computeSync([a], { device });
    await compute([a, tensor([3])], { device });
    computeSync([], { device });
    expect(ran).toHaveLength(1);
  });

  test("builds on what is known, without its history", () => {
    const { device, ran } = watched();
    const a = tensor([1, 2]).exp();
    computeSync([a], { device });
    a.neg().dataSync({ device });
    expect(ran.map(({ instructions }) => instructions.map(({ prim }) => prim))).toEqual([["exp"], ["neg"]]);
  });

  test("waits for a device that cannot block, which blocking reads refuse", async () => {
    const device = distant();
    const a = tensor([1, 2]).mul(3);
    expect(() => a.dataSync({ device })).toThrowErrorMatchingInlineSnapshot(`
      [UnsupportedError: reference: this backend cannot compute synchronously
        help: use the asynchronous form, such as data() for dataSync()]
    `);
    expect(await a.toArray({ device })).toEqual([3, 6]);
    expect(a.inputs).toEqual([]);
  });
});

describe("a pending graph past the limit is evaluated by itself:", () => {
  test("a chain of 25,000 operations that nobody reads", () => {
    let x = tensor([0, 1]);
    let most = 0;
    for (let i = 0; i < 25_000; i++) {
      x = x.add(1);
      if (i % 1_000 === 999) most = Math.max(most, countPending(x));
    }
    expect(most).toBeGreaterThan(MAX_PENDING / 2);
    expect(most).toBeLessThanOrEqual(MAX_PENDING);
    expect(x.toArraySync()).toEqual([25_000, 25_001]);
  });

  test("a tower of doublings, whose paths no number could count", () => {
    let x = tensor([1]);
    for (let i = 0; i < 2_100; i++) x = x.add(x).mul(0.5);
    expect(countPending(x)).toBeLessThanOrEqual(MAX_PENDING);
    expect(x.itemSync()).toBe(1);
  });

  test("a loop of gradients that nobody reads", () => {
    let w = tensor([1, -2, 3]);
    let most = 0;
    for (let i = 0; i < 600; i++) {
      const g = grad((x: Tensor) => x.tanh().exp().mul(x).sum())(w);
      w = w.sub(g.mul(0.001));
      if (i % 25 === 0) most = Math.max(most, countPending(w));
    }
    expect(most).toBeGreaterThan(MAX_PENDING / 2);
    expect(most).toBeLessThanOrEqual(MAX_PENDING);
  });

  test("gradients of a graph near the limit do not compute it again and again", () => {
    let computed = 0;
    const f = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 4_000; i++) {
        y = y.mul(0.999).tanh();
        computed++;
      }
      return y;
    };
    const g = grad(f)(tensor(0.5));
    expect(computed).toBe(4_000);
    expect(g.stored).toBeUndefined();
    expect(Number.isFinite(g.itemSync())).toBe(true);
  });
});

// Random graphs

interface Recipe {
  readonly op: number;
  readonly operands: readonly [number, number, number];
  readonly seed: number;
}

/** What a recipe may do with two tensors of the pool; each keeps sizes small and values tame. */
const moves: readonly (<V extends TensorType>(b: Ops<V>, x: V, y: V, rng: Rng) => V)[] = [
  (b, x) => b.tanh(x),
  (b, x) => b.sin(x),
  (b, x) => composite.softmax(b, x.shape.length === 0 ? b.reshape(x, [1]) : x),
  (b, x, y) => b.add(x, y),
  (b, x, y) => b.mul(x, y),
  (b, x, y) => b.maximum(x, y),
  (b, x, y) => b.where(b.lt(x, y), x, b.mul(y, 0.5)),
  (b, x) => b.sum(x, x.shape.length === 0 ? {} : { axes: -1, keepDims: true }),
  (b, x) => (x.shape.includes(0) ? b.sum(x) : b.max(x)),
  (b, x) => b.transpose(x),
  (b, x) => b.reshape(x, [-1]),
  (b, x) => (x.shape.length === 0 ? b.neg(x) : b.flip(x, 0)),
  (b, x, _, rng) => (x.shape.length === 0 ? x : b.slice(x, [{ start: Math.floor(rng.next() * 2), step: 2 }])),
  (b, x) => b.cast(b.cast(b.mul(x, 3), "i32"), "f32"),
  (b, x) => b.cast(b.lt(x, 0.1), "f32"),
  (b, x, y) => (x.shape.length === 2 && y.shape.length === 2 ? b.matmul(x, b.transpose(x)) : b.abs(y)),
  (b, x) => (x.shape.length === 0 ? b.cos(x) : b.cast(b.argsort(x), "f32")),
  (b, x) => b.stopGradient(x),
];

/** Shapes that meet without fail: everything is stretched to one shape first if it does not broadcast. */
function meeting<V extends TensorType>(b: Ops<V>, x: V, y: V): [V, V] {
  const fits = x.shape.every((n, i) => {
    const m = y.shape[i - x.shape.length + y.shape.length] ?? 1;
    return n === m || n === 1 || m === 1;
  });
  return fits ? [x, y] : [x, b.sum(y)];
}

function grow<V extends TensorType>(
  b: Ops<V>,
  leaves: readonly V[],
  recipes: readonly Recipe[],
  settle: (x: V) => void,
): V[] {
  const pool = [...leaves];
  for (const { op, operands, seed } of recipes) {
    const pick = (i: number) => pool[operands[i]! % pool.length]!;
    const [x, y] = meeting(b, pick(0), pick(1));
    const made = moves[op % moves.length]!(b, x, y, Rng.seeded(seed));
    settle(made);
    if (made.shape.length <= 3 && made.shape.reduce((size, n) => size * n, 1) <= 64) pool.push(made);
  }
  return pool.slice(leaves.length);
}

const recipes = fc.array(
  fc.record({ op: fc.nat(97), operands: fc.tuple(fc.nat(97), fc.nat(97), fc.nat(97)), seed: fc.nat(97) }),
  { minLength: 1, maxLength: 40 },
);
const runs = { numRuns: 150, seed: 20250702 };
const leavesOf = () => {
  const rng = Rng.seeded(5);
  return [rng.normal([2, 3]), rng.normal([3]), rng.normal([]), rng.normal([3, 1]), rng.normal([2, 0])];
};

describe("random graphs", () => {
  test("give the same bits in one run as one operation at a time", () => {
    fc.assert(
      fc.property(recipes, (steps) => {
        const lazily = grow(ops, leavesOf().map(fromArray), steps, () => undefined);
        const eagerly = grow(ops, leavesOf().map(fromArray), steps, (x) => computeSync([x]));
        computeSync(lazily);
        lazily.forEach((x, i) => {
          expect(formatType(x)).toBe(formatType(eagerly[i]!));
          expect(x.stored).toEqual(eagerly[i]!.stored);
        });
      }),
      runs,
    );
  });

  test("are well formed, print, and keep each buffer until its last use", () => {
    fc.assert(
      fc.property(recipes, (steps) => {
        const builder = new GraphBuilder(infer);
        const inputs = leavesOf().map((type, i) => builder.input(type, `x${i}`));
        const outputs = grow(new Ops(builder), inputs, steps, () => undefined);
        const graph = { inputs, outputs };
        verifyGraph(graph, infer);
        expect(printGraph(graph).split("\n").length).toBeGreaterThan(inputs.length);
        const sources = new Map<ValueOf<"input">, Source>();
        for (const input of inputs) sources.set(input, { kind: "feed", name: input.attrs.name });
        const program = buildProgram({ sources, outputs: Object.fromEntries(outputs.entries()) });
        expect(printProgram(program)).toContain("return");
        program.instructions.forEach(({ inputs: read, output }, at) => {
          for (const number of read) expect(program.buffers[number]!.lastUse).toBeGreaterThanOrEqual(at);
          expect(read.every((number) => number < output)).toBe(true);
        });
        for (const { buffer } of program.outputs) {
          expect(program.buffers[buffer]!.lastUse).toBe(program.instructions.length);
        }
        const { sync } = openReference();
        const feeds = Object.fromEntries(leavesOf().map(({ data }, i) => [`x${i}`, data]));
        const { outputs: results } = sync.run(sync.load(program), { steps: 1, feeds });
        outputs.forEach(({ dtype, shape }, i) => {
          expect(results[i]).toBeInstanceOf(allocate(dtype, 0).constructor);
          expect(results[i]).toHaveLength(shape.reduce((size, n) => size * n, 1));
        });
      }),
      runs,
    );
  });
});
