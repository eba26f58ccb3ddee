import { describe, expect, test } from "vitest";
import type { DType, TypedArray } from "../core/dtype.ts";
import type { TensorType } from "../core/shape.ts";
import { GraphBuilder } from "../ir/builder.ts";
import { infer } from "../ops/all.ts";
import { buildProgram } from "../program/build.ts";
import type { Program } from "../program/program.ts";
import { asDevice, type SyncDevice } from "./backend.ts";
import { withFallback } from "./fallback.ts";
import { openReference } from "./reference/device.ts";

/** A reference device under another name that notes which states it holds and how many programs it ran. */
function watched(backend: string) {
  const device = openReference();
  const states = new Set<string>();
  const seen = { states, runs: 0, programs: 0 };
  const sync: SyncDevice = {
    threads: 1,
    load: (program) => {
      seen.programs++;
      return device.sync.load(program);
    },
    run: (loaded, request) => {
      seen.runs++;
      return device.sync.run(loaded, request);
    },
    write: (name, type, data) => {
      states.add(name);
      device.sync.write(name, type, data);
    },
    read: (name) => device.sync.read(name),
    free: (names) => {
      for (const name of names) states.delete(name);
      device.sync.free(names);
    },
    unload: (loaded) => {
      seen.programs--;
      device.sync.unload(loaded);
    },
  };
  return { device: asDevice(sync, { ...device, backend }), seen };
}

const builder = new GraphBuilder(infer);

/** state := state + state, in either dtype; returns what it was. */
function doubling(name: string, dtype: DType): Program {
  const state = builder.input({ dtype, shape: [2] }, name);
  const value = builder.emit("add", [state as never, state as never], {});
  const sources = new Map([[state, { kind: "state", name } as const]]);
  return buildProgram({ sources, writes: [{ state, value }], outputs: { before: state as never } });
}

/** A program that reads an f32 state and computes in f64. */
function widening(name: string): Program {
  const state = builder.input({ dtype: "f32", shape: [2] }, name);
  const value = builder.emit("cast", [state as never], { dtype: "f64" });
  return buildProgram({ sources: new Map([[state, { kind: "state", name }]]), outputs: { wide: value } });
}

const f32: TensorType = { dtype: "f32", shape: [2] };
const gaps = { f64: "no f64 here" };

function open() {
  const [first, second] = [watched("fast"), watched("slow")];
  return { device: withFallback(first.device, second.device, gaps), first: first.seen, second: second.seen };
}

describe("a device with another behind it", () => {
  test("runs on the first what that can, and says nothing", () => {
    const { device, first, second } = open();
    device.sync.write("w", f32, Float32Array.of(1, 2));
    const loaded = device.sync.load(doubling("w", "f32"));
    device.sync.run(loaded, { steps: 2 });
    expect([...device.sync.read("w")]).toEqual([4, 8]);
    expect([first.runs, second.runs, second.states.size, device.notices]).toEqual([1, 0, 0, []]);
  });

  test("runs on the second what the first cannot, and says so once", () => {
    const { device, first, second } = open();
    const programs = [doubling("w", "f64"), doubling("v", "f64")];
    for (const name of ["w", "v"]) device.sync.write(name, { dtype: "f64", shape: [2] }, Float64Array.of(1, 2));
    for (const program of programs) device.sync.run(device.sync.load(program), { steps: 1 });
    expect([...device.sync.read("w"), ...device.sync.read("v")]).toEqual([2, 4, 2, 4]);
    expect([first.runs, second.runs, first.states.size]).toEqual([0, 2, 0]);
    expect(device.notices).toEqual([
      {
        code: "left-to-another",
        message: 'runs on the backend "slow" what "fast" cannot: f64[2]: no f64 here',
        details: { backend: "fast", by: "slow", what: "f64[2]", reason: "no f64 here" },
      },
    ]);
  });

  test("moves a state to where it is needed, and it lies in one place at a time", () => {
    const { device, first, second } = open();
    device.sync.write("w", f32, Float32Array.of(1, 2));
    const [double, widen] = [device.sync.load(doubling("w", "f32")), device.sync.load(widening("w"))];
    device.sync.run(double, { steps: 1 });
    expect(device.sync.run(widen, { steps: 1 }).outputs.wide).toEqual(Float64Array.of(2, 4));
    expect([first.states.has("w"), second.states.has("w")]).toEqual([false, true]);
    device.sync.run(double, { steps: 1 });
    expect([first.states.has("w"), second.states.has("w")]).toEqual([true, false]);
    expect([...device.sync.read("w")]).toEqual([4, 8]);
  });

  test("a state that is written anew with another dtype leaves nothing behind", () => {
    const { device, first, second } = open();
    const both: [TensorType, TypedArray][] = [
      [f32, Float32Array.of(1, 2)],
      [{ dtype: "f64", shape: [2] }, Float64Array.of(3, 4)],
    ];
    for (const [type, data] of both) device.sync.write("w", type, data);
    expect([first.states.size, second.states.size]).toEqual([0, 1]);
    expect(device.sync.read("w")).toEqual(Float64Array.of(3, 4));
    device.sync.free(["w", "of no meaning"]);
    expect(second.states.size).toBe(0);
    expect(() => device.sync.read("w")).toThrow('"w"');
  });

  test("forgets programs on the device that has them", () => {
    const { device, first, second } = open();
    const loaded = [device.sync.load(doubling("w", "f32")), device.sync.load(widening("w"))];
    expect([first.programs, second.programs]).toEqual([1, 1]);
    for (const program of loaded) device.sync.unload(program);
    expect([first.programs, second.programs]).toEqual([0, 0]);
    expect(() => device.sync.run(loaded[0]!, { steps: 1 })).toThrow("loaded");
  });
});
