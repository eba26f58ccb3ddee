import { describe, expect, test } from "vitest";
import { ProgramSketch } from "../../../test/program-sketch.ts";
import { openReference } from "../../backends/reference/device.ts";
import { openWasmSync } from "../../backends/wasm/open.ts";
import type { Value, ValueOf } from "../../ir/graph.ts";
import type { Ops } from "../../ops/operations.ts";
import type { Program } from "../program.ts";
import { lowerProgram } from "./lower.ts";

const SHAPE = [48, 48] as const; // large enough for several tiles
const SIZE = SHAPE[0] * SHAPE[1];

interface Sketch {
  readonly o: Ops<Value>;
  readonly state: (name: string) => ValueOf<"input">;
}

interface Results {
  readonly writes: readonly (readonly [state: ValueOf<"input">, value: Value])[];
  readonly guard?: readonly Value[];
  readonly outputs?: Readonly<Record<string, Value>>;
}

function programOf(make: (sketch: Sketch) => Results): Program {
  const sketch = new ProgramSketch();
  const state = (name: string) => sketch.input("state", { dtype: "f32", shape: SHAPE }, name);
  const { writes, ...others } = make({ o: sketch.o, state });
  return sketch.program({ writes: writes.map(([at, value]) => ({ state: at, value })), ...others });
}

/** The states that have a second place for their next value. */
const doubled = (program: Program): string[] =>
  lowerProgram(program).buffers.flatMap(({ place }) => (place.kind === "next" ? [place.name] : []));

/** States and outputs after three steps. */
function run(device: ReturnType<typeof openReference>, program: Program): Record<string, number[]> {
  const names = ["a", "b"];
  names.forEach((name, k) => {
    const data = Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i * (k + 1)));
    device.sync.write(name, { dtype: "f32", shape: SHAPE }, data);
  });
  const { outputs } = device.sync.run(device.sync.load(program), { steps: 3 });
  const found = [...names.map((name) => [name, device.sync.read(name)] as const), ...Object.entries(outputs)];
  return Object.fromEntries(found.map(([name, data]) => [name, Array.from(data as Float32Array)]));
}

function expectAsDefined(program: Program): void {
  const [expected, found] = [run(openReference(), program), run(openWasmSync()!, program)];
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    for (const [i, value] of values.entries()) {
      const error = Math.abs(found[name]![i]! - value) / Math.max(1, Math.abs(value));
      expect(error, `${name}[${i}] is ${found[name]![i]} and not ${value}`).toBeLessThan(1e-5); // sums of 48 in f32
    }
  }
}

describe("the next value of a state takes the place of the last", () => {
  test("where each number is read before it is stored", () => {
    const program = programOf(({ o, state }) => {
      const [a, b] = [state("a"), state("b")];
      const next = o.sub(a, o.mul(b, o.abs(a)));
      return {
        writes: [
          [a, next],
          [b, o.add(b, next)],
        ],
      };
    });
    expect(doubled(program)).toEqual([]);
    expectAsDefined(program);
  });

  test("where nobody reads the state", () => {
    const program = programOf(({ o, state }) => {
      const a = state("a");
      return { writes: [[state("b"), o.matmul(o.mul(a, 0.01), o.transpose(a))]] };
    });
    expect(doubled(program)).toEqual([]);
    expectAsDefined(program);
  });
});

test("a next value that was computed in another shape takes the place in the shape of the state", () => {
  const program = programOf(({ o, state }) => {
    const [a, b] = [state("a"), state("b")];
    return { writes: [[a, o.reshape(o.exp(o.reshape(b, [SIZE])), SHAPE)]] };
  });
  expect(doubled(program)).toEqual([]);
  expectAsDefined(program);
});

describe("the next value of a state has a place of its own", () => {
  const kept: Record<string, (sketch: Sketch) => Results> = {
    "if a guard may refuse the step": ({ o, state }) => {
      const next = o.neg(state("a"));
      return { writes: [[state("a"), next]], guard: [next] };
    },
    "if the value from before is returned": ({ o, state }) => {
      const a = state("a");
      return { writes: [[a, o.neg(a)]], outputs: { before: a } };
    },
    "if it is read in another order": ({ o, state }) => {
      const a = state("a");
      return { writes: [[a, o.add(a, o.flip(a, [1]))]] };
    },
    "if one row of it is read for all": ({ o, state }) => {
      const a = state("a");
      const row = o.broadcast(o.slice(a, [{ stop: 1 }]), SHAPE);
      return { writes: [[a, o.add(a, row)]] };
    },
    "if it is read after the new value was stored": ({ o, state }) => {
      const a = state("a");
      const next = o.mul(a, a);
      return { writes: [[a, next]], outputs: { later: o.add(o.exp(next), a) } };
    },
    "if a later instruction reads it": ({ o, state }) => {
      const [a, b] = [state("a"), state("b")];
      const next = o.add(a, o.neg(b));
      return {
        writes: [[a, next]],
        outputs: { product: o.matmul(o.transpose(next), a) },
      };
    },
  };

  test.each(Object.entries(kept))("%s", (_, make) => {
    const program = programOf(make);
    expect(doubled(program)).toEqual(["a"]);
    expectAsDefined(program);
  });

  test("for one of two that change places", () => {
    const program = programOf(({ state }) => {
      const [a, b] = [state("a"), state("b")];
      return {
        writes: [
          [a, b as Value],
          [b, a as Value],
        ],
      };
    });
    expect(doubled(program).length).toBeGreaterThan(0);
    expectAsDefined(program);
  });
});

describe("scratch takes the place of scratch", () => {
  /** Whether the block that subtracts stores its result where one of its operands lies. */
  function isInPlace(program: Program): boolean {
    const { buffers, instructions } = lowerProgram(program);
    const { plan } = instructions.find((found) => found.plan?.ops.some(({ op }) => op === "SUB_F"))!;
    const placeOf = ({ memory }: { readonly memory: number }) => JSON.stringify(buffers[memory]!.place);
    return plan!.inputs.some((input) => placeOf(input) === placeOf(plan!.outputs.at(-1)!));
  }

  test("if a block reads it for the last time", () => {
    const program = programOf(({ o, state }) => {
      const h = o.tanh(o.matmul(state("a"), state("b")));
      const rows = o.max(h, { axes: [1], keepDims: true }); // keeps what follows out of the product
      const centred = o.tanh(o.sub(h, rows));
      return { writes: [], outputs: { y: o.max(o.matmul(centred, o.transpose(centred, [1, 0]))) } };
    });
    expect(isInPlace(program)).toBe(true);
    expectAsDefined(program);
  });

  test("not if something reads it later", () => {
    const program = programOf(({ o, state }) => {
      const h = o.tanh(o.matmul(state("a"), state("b")));
      const rows = o.max(h, { axes: [1], keepDims: true });
      const centred = o.tanh(o.sub(h, rows));
      return { writes: [], outputs: { y: o.max(o.matmul(centred, h)) } };
    });
    expect(isInPlace(program)).toBe(false);
    expectAsDefined(program);
  });

  test("not if it is read in another order", () => {
    const program = programOf(({ o, state }) => {
      const h = o.tanh(o.matmul(state("a"), state("b")));
      const rows = o.max(h, { axes: [1], keepDims: true });
      const centred = o.tanh(o.sub(o.transpose(h, [1, 0]), rows));
      return { writes: [], outputs: { y: o.max(o.matmul(centred, centred)) } };
    });
    expect(isInPlace(program)).toBe(false);
    expectAsDefined(program);
  });
});
