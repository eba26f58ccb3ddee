import { describe, expect, test } from "vitest";
import { allocate, type DType, type TypedArray } from "../../core/dtype.ts";
import type { Shape } from "../../core/shape.ts";
import type { Attrs, PrimName } from "../../ir/prim.ts";
import { infer } from "../../ops/all.ts";
import type { Buffer, Instruction, Program, Source } from "../../program/program.ts";
import { openReference, reference } from "./device.ts";
import { placeScratch } from "./scratch.ts";

/** Writes programs by hand: each call answers a buffer number; lifetimes are filled in at the end. */
class Sketch {
  readonly #buffers: Omit<Buffer, "lastUse">[] = [];
  readonly #instructions: Instruction[] = [];

  #add(source: Source, shape: Shape, dtype: DType = "f32"): number {
    return this.#buffers.push({ dtype, shape, source }) - 1;
  }

  state(name: string, shape: Shape, dtype?: DType): number {
    return this.#add({ kind: "state", name }, shape, dtype);
  }

  row(name: string, shape: Shape, dtype?: DType): number {
    return this.#add({ kind: "row", name }, shape, dtype);
  }

  feed(name: string, shape: Shape, dtype?: DType): number {
    return this.#add({ kind: "feed", name }, shape, dtype);
  }

  constant(...values: number[]): number {
    return this.#add({ kind: "constant", data: Float32Array.from(values) }, [values.length]);
  }

  call<P extends PrimName>(prim: P, inputs: readonly number[], attrs: Attrs<P>): number {
    const types = inputs.map((i) => this.#buffers[i]!);
    const { dtype, shape } = infer<PrimName>(prim, types as never, attrs as never);
    const output = this.#add({ kind: "scratch" }, shape, dtype);
    this.#instructions.push({ prim, inputs, output, attrs, scope: "" } as Instruction);
    return output;
  }

  program(parts: Partial<Pick<Program, "writes" | "guard" | "perStep" | "outputs">>): Program {
    const { writes = [], guard = [], perStep = [], outputs = [] } = parts;
    const kept = new Set([
      ...writes.map(({ value }) => value),
      ...guard,
      ...[...perStep, ...outputs].map((o) => o.buffer),
    ]);
    const buffers = this.#buffers.map((buffer, i) => {
      const last = this.#instructions.findLastIndex(({ inputs }) => inputs.includes(i));
      return { ...buffer, lastUse: kept.has(i) ? this.#instructions.length : last };
    });
    return { buffers, instructions: this.#instructions, writes, guard, perStep, outputs };
  }
}

const f32 = (...values: number[]) => Float32Array.from(values);
const vector = (n: number) => ({ dtype: "f32", shape: [n] }) as const;

function errorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
  }
  return "nothing was thrown";
}

test("the backend is complete and says what it is", async () => {
  const device = await reference.open();
  expect({ name: reference.name, gaps: reference.gaps }).toEqual({ name: "reference", gaps: {} });
  expect({ backend: device.backend, variant: device.variant }).toEqual({ backend: "reference", variant: "typescript" });
});

describe("state", () => {
  test("is copied in and read as a copy", async () => {
    const device = openReference();
    const data = f32(1, 2);
    await device.write("w", vector(2), data);
    data[0] = 9;
    const read = await device.read("w");
    read[1] = 9;
    expect(await device.read("w")).toEqual(f32(1, 2));
  });

  test("can be replaced by another type, and forgotten", () => {
    const { sync } = openReference();
    sync.write("w", vector(2), f32(1, 2));
    sync.write("w", { dtype: "i32", shape: [] }, Int32Array.of(7));
    expect(sync.read("w")).toEqual(Int32Array.of(7));
    sync.free(["w", "never there"]);
    expect(() => sync.read("w")).toThrow("has not been written");
  });

  test("is shared by the programs of a device and not with another device", () => {
    const { sync } = openReference();
    sync.write("w", vector(1), f32(1));
    const increment = new Sketch();
    const w = increment.state("w", [1]);
    const next = increment.call("add", [w, increment.constant(1)], {});
    const step = sync.load(increment.program({ writes: [{ state: w, value: next }] }));
    const reader = new Sketch();
    const look = sync.load(reader.program({ outputs: [{ name: "w", buffer: reader.state("w", [1]) }] }));
    sync.run(step, { steps: 5 });
    expect(sync.run(look, { steps: 1 }).outputs).toEqual({ w: f32(6) });
    expect(() => openReference().sync.read("w")).toThrow("has not been written");
  });

  test("written between runs is seen by a loaded program", () => {
    const { sync } = openReference();
    const sketch = new Sketch();
    const w = sketch.state("w", [1]);
    const loaded = sync.load(sketch.program({ outputs: [{ name: "double", buffer: sketch.call("add", [w, w], {}) }] }));
    sync.write("w", vector(1), f32(2));
    expect(sync.run(loaded, { steps: 1 }).outputs).toEqual({ double: f32(4) });
    sync.free(["w"]);
    sync.write("w", vector(1), f32(5));
    expect(sync.run(loaded, { steps: 1 }).outputs).toEqual({ double: f32(10) });
  });
});

describe("writes", () => {
  const values = (sync: { read(name: string): TypedArray }, ...names: string[]) =>
    names.map((name) => [...sync.read(name)]);

  test("two states swap", () => {
    const { sync } = openReference();
    sync.write("a", vector(2), f32(1, 2));
    sync.write("b", vector(2), f32(3, 4));
    const sketch = new Sketch();
    const [a, b] = [sketch.state("a", [2]), sketch.state("b", [2])];
    const writes = [
      { state: a, value: b },
      { state: b, value: a },
    ];
    const loaded = sync.load(sketch.program({ writes }));
    sync.run(loaded, { steps: 3 });
    expect(values(sync, "a", "b")).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test("all read the values from before the step, whatever their order", () => {
    const { sync } = openReference();
    for (const name of ["a", "b", "c"]) sync.write(name, vector(1), f32(name.charCodeAt(0)));
    const sketch = new Sketch();
    const [a, b, c] = ["a", "b", "c"].map((name) => sketch.state(name, [1])) as [number, number, number];
    const alias = sketch.state("a", [1]); // another buffer of the same state
    const sum = sketch.call("add", [a, b], {});
    const writes = [
      { state: a, value: sum },
      { state: b, value: alias },
      { state: c, value: c },
    ];
    sync.run(sync.load(sketch.program({ writes })), { steps: 1 });
    expect(values(sync, "a", "b", "c")).toEqual([[97 + 98], [97], [99]]);
  });

  test("a value may be a row, a feed, a constant or the output of an instruction", () => {
    const { sync } = openReference();
    for (const name of ["a", "b", "c", "d"]) sync.write(name, vector(1), f32(0));
    const sketch = new Sketch();
    const states = ["a", "b", "c", "d"].map((name) => sketch.state(name, [1]));
    const [row, feed, constant] = [sketch.row("r", [1]), sketch.feed("f", [1]), sketch.constant(7)];
    const sum = sketch.call("add", [row, feed], {});
    const sources = [row, feed, constant, sum];
    const loaded = sync.load(sketch.program({ writes: states.map((state, i) => ({ state, value: sources[i]! })) }));
    const feeds = { f: f32(10) };
    sync.run(loaded, { steps: 2, feeds, rows: { r: f32(1, 2) } });
    feeds.f[0] = 99; // not kept
    expect(values(sync, "a", "b", "c", "d")).toEqual([[2], [10], [7], [12]]);
  });
});

describe("a run", () => {
  test("gives each step its row, collects every step and reads outputs at the end", () => {
    const { sync } = openReference();
    sync.write("sum", { dtype: "f64", shape: [] }, Float64Array.of(0));
    const sketch = new Sketch();
    const [sum, x] = [sketch.state("sum", [], "f64"), sketch.row("x", [2], "i32")];
    const added = sketch.call("sum", [sketch.call("cast", [x], { dtype: "f64" })], { axes: [0], keepDims: false });
    const next = sketch.call("add", [sum, added], {});
    const loaded = sync.load(
      sketch.program({
        writes: [{ state: sum, value: next }],
        perStep: [
          { name: "x", buffer: x },
          { name: "before", buffer: sum },
        ],
        outputs: [
          { name: "next", buffer: next },
          { name: "before", buffer: sum },
        ],
      }),
    );
    expect(sync.run(loaded, { steps: 3, rows: { x: Int32Array.of(1, 2, 3, 4, 5, 6) } })).toEqual({
      steps: 3,
      stopped: false,
      perStep: { x: Int32Array.of(1, 2, 3, 4, 5, 6), before: Float64Array.of(0, 3, 10) },
      outputs: { next: Float64Array.of(21), before: Float64Array.of(10) },
    });
    expect(sync.read("sum")).toEqual(Float64Array.of(21));
  });

  test("hands out arrays that later runs leave alone", () => {
    const { sync } = openReference();
    const sketch = new Sketch();
    const y = sketch.call("neg", [sketch.feed("x", [1])], {});
    const c = sketch.constant(4);
    const outputs = [
      { name: "y", buffer: y },
      { name: "c", buffer: c },
    ];
    const loaded = sync.load(sketch.program({ outputs, perStep: [{ name: "y", buffer: y }] }));
    const first = sync.run(loaded, { steps: 1, feeds: { x: f32(1) } });
    first.outputs.c!.fill(0);
    const second = sync.run(loaded, { steps: 1, feeds: { x: f32(2) } });
    expect([first.outputs.y, first.perStep.y, second.outputs.y, second.outputs.c]).toEqual([
      f32(-1),
      f32(-1),
      f32(-2),
      f32(4),
    ]);
  });

  test("gives the same through promises", async () => {
    const device = openReference();
    const sketch = new Sketch();
    const outputs = [{ name: "y", buffer: sketch.call("exp", [sketch.feed("x", [1])], {}) }];
    const loaded = await device.load(sketch.program({ outputs }));
    expect((await device.run(loaded, { steps: 1, feeds: { x: f32(0) } })).outputs).toEqual({ y: f32(1) });
    await device.unload(loaded);
    await expect(device.run(loaded, { steps: 1, feeds: { x: f32(0) } })).rejects.toThrow("not loaded");
  });
});

describe("the guard", () => {
  function logarithms() {
    const device = openReference().sync;
    device.write("w", vector(2), f32(1, 1));
    const sketch = new Sketch();
    const [w, x] = [sketch.state("w", [2]), sketch.row("x", [2])];
    const logs = sketch.call("log", [x], {});
    const next = sketch.call("add", [w, logs], {});
    const program = sketch.program({
      writes: [{ state: w, value: next }],
      guard: [logs],
      perStep: [{ name: "logs", buffer: logs }],
      outputs: [{ name: "x", buffer: x }],
    });
    return { device, loaded: device.load(program) };
  }

  test.each([
    ["NaN", -1, Number.NaN],
    ["an infinity", 0, Number.NEGATIVE_INFINITY],
  ])("ends the run before %s is applied", (_, bad, result) => {
    const { device, loaded } = logarithms();
    const run = device.run(loaded, { steps: 4, rows: { x: f32(1, 1, Math.E, Math.E, 1, bad, 1, 1) } });
    expect(run.perStep.logs).toEqual(f32(0, 0, ...f32(1, 1).map((v) => v * Math.log(Math.fround(Math.E))), 0, result));
    expect({ ...run, perStep: undefined }).toEqual({
      steps: 2,
      stopped: true,
      perStep: undefined,
      outputs: { x: f32(1, bad) },
    });
    expect([...device.read("w")].map((v) => Math.round(v * 1e4) / 1e4)).toEqual([2, 2]);
  });

  test("can stop the first step and the last", () => {
    const { device, loaded } = logarithms();
    expect(device.run(loaded, { steps: 1, rows: { x: f32(1, -1) } })).toMatchObject({ steps: 0, stopped: true });
    expect(device.run(loaded, { steps: 2, rows: { x: f32(1, 1, -1, 1) } })).toMatchObject({ steps: 1, stopped: true });
    expect(device.read("w")).toEqual(f32(1, 1));
  });

  test("lets whole numbers pass", () => {
    const { sync } = openReference();
    const sketch = new Sketch();
    const x = sketch.feed("x", [1], "i32");
    expect(
      sync.run(sync.load(sketch.program({ guard: [x] })), { steps: 2, feeds: { x: Int32Array.of(1) } }).steps,
    ).toBe(2);
  });
});

describe("scratch memory", () => {
  /** A chain whose every link reads the two before it, in f32, f64 and bool by turns. */
  function chain(length: number) {
    const sketch = new Sketch();
    const x = sketch.feed("x", [3]);
    let [before, last] = [x, sketch.call("neg", [x], {})];
    for (let i = 0; i < length; i++) {
      const wide = sketch.call("cast", [last], { dtype: "f64" });
      const half = sketch.call("cast", [sketch.call("cos", [wide], {})], { dtype: "f32" });
      const sum = sketch.call("add", [half, before], {});
      const chosen = sketch.call("where", [sketch.call("lt", [sum, before], {}), sum, last], {});
      [before, last] = [last, chosen];
    }
    return sketch.program({ outputs: [{ name: "y", buffer: last }] });
  }

  test("is reused: a long chain needs no more than a short one", () => {
    const memory = (program: Program) => new Set([...placeScratch(program).values()].map(({ buffer }) => buffer)).size;
    expect(memory(chain(50))).toBe(memory(chain(5)));
    expect(memory(chain(50))).toBeLessThan(10);
  });

  test("never lets an output lie on an operand or on a value that is needed later", () => {
    const program = chain(20);
    const placed = placeScratch(program);
    program.instructions.forEach(({ output }, at) => {
      const live = [...placed].filter(([i]) => {
        const born = program.instructions.findIndex((instruction) => instruction.output === i);
        return born < at && program.buffers[i]!.lastUse >= at;
      });
      for (const [i, { buffer }] of live)
        expect(buffer === placed.get(output)!.buffer, `${output} on ${i}`).toBe(false);
    });
  });

  test("that an earlier run left full of NaN does not show", () => {
    const program = chain(20);
    const clean = openReference().sync;
    const expected = clean.run(clean.load(program), { steps: 1, feeds: { x: f32(1, -2, 3) } }).outputs;
    const { sync } = openReference();
    const loaded = sync.load(program);
    const poisoned = sync.run(loaded, { steps: 2, feeds: { x: allocate("f32", 3).fill(Number.NaN) } }).outputs;
    expect([...poisoned.y!]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(sync.run(loaded, { steps: 1, feeds: { x: f32(1, -2, 3) } }).outputs).toEqual(expected);
  });

  test("holds results that nothing reads, and ones without elements", () => {
    const sketch = new Sketch();
    const x = sketch.feed("x", [2]);
    sketch.call("exp", [x], {}); // unread
    const none = sketch.call("slice", [x], { start: [0], stop: [0], step: [1] });
    const y = sketch.call("neg", [x], {});
    const outputs = [
      { name: "none", buffer: none },
      { name: "y", buffer: y },
    ];
    const { sync } = openReference();
    expect(sync.run(sync.load(sketch.program({ outputs })), { steps: 1, feeds: { x: f32(1, 2) } }).outputs).toEqual({
      none: f32(),
      y: f32(-1, -2),
    });
  });
});

describe("errors", () => {
  function loadedSum() {
    const { sync } = openReference();
    const sketch = new Sketch();
    const [w, x, i] = [sketch.state("w", [2]), sketch.feed("x", [2]), sketch.row("i", [3], "i32")];
    const loaded = sync.load(
      sketch.program({
        outputs: [{ name: "y", buffer: sketch.call("add", [w, x], {}) }],
        perStep: [{ name: "i", buffer: i }],
      }),
    );
    return { sync, loaded };
  }
  const feeds = { x: f32(1, 2) };
  const rows = { i: new Int32Array(6) };

  test("state that is not there or of another type", () => {
    const { sync, loaded } = loadedSum();
    const run = () => errorOf(() => sync.run(loaded, { steps: 2, feeds, rows }));
    expect(run()).toMatchInlineSnapshot(`"GraphError: run: state "w" has not been written"`);
    sync.write("w", vector(3), f32(1, 2, 3));
    expect(run()).toMatchInlineSnapshot(`
      "GraphError: run: state "w" is not what the program was compiled for
        expected: f32[2]
        found: f32[3]"
    `);
    sync.write("w", { dtype: "i32", shape: [2] }, Int32Array.of(1, 2));
    expect(run()).toMatchInlineSnapshot(`
      "GraphError: run: state "w" is not what the program was compiled for
        expected: f32[2]
        found: i32[2]"
    `);
    expect(errorOf(() => sync.read("v"))).toMatchInlineSnapshot(`"GraphError: read: state "v" has not been written"`);
  });

  test("data of the wrong length or storage", () => {
    const { sync, loaded } = loadedSum();
    expect(errorOf(() => sync.write("w", vector(2), f32(1)))).toMatchInlineSnapshot(`
      "UsageError: write: state "w" must have 2 elements, got 1
        expected: f32[2]"
    `);
    expect(errorOf(() => sync.write("w", vector(2), Float64Array.of(1, 2)))).toMatchInlineSnapshot(`
      "UsageError: write: state "w" must be of type Float32Array, got Float64Array
        expected: f32[2]"
    `);
    sync.write("w", vector(2), f32(1, 2));
    const run = (request: object) => errorOf(() => sync.run(loaded, { steps: 2, feeds, rows, ...request }));
    expect(run({ feeds: {} })).toMatchInlineSnapshot(`
      "UsageError: run: feed "x" is missing
        expected: f32[2]"
    `);
    expect(run({ feeds: { x: f32(1) } })).toMatchInlineSnapshot(`
      "UsageError: run: feed "x" must have 2 elements, got 1
        expected: f32[2]"
    `);
    expect(run({ rows: {} })).toMatchInlineSnapshot(`
      "UsageError: run: table "i" is missing
        expected: 2 rows of i32[3]"
    `);
    expect(run({ rows: { i: new Int32Array(3) } })).toMatchInlineSnapshot(`
      "UsageError: run: table "i" must have 6 elements, got 3
        expected: 2 rows of i32[3]"
    `);
    expect(run({ rows: { i: new Float32Array(6) } })).toMatchInlineSnapshot(`
      "UsageError: run: table "i" must be of type Int32Array, got Float32Array
        expected: 2 rows of i32[3]"
    `);
    expect(run({ steps: 0 })).toMatchInlineSnapshot(
      `"UsageError: run: steps must be a whole number of at least 1, got 0"`,
    );
    expect(run({})).toBe("nothing was thrown");
  });

  test("a program of another device", () => {
    const { loaded } = loadedSum();
    expect(errorOf(() => openReference().sync.run(loaded, { steps: 1 }))).toMatchInlineSnapshot(
      `"GraphError: run: the program is not loaded on this device"`,
    );
  });
});
