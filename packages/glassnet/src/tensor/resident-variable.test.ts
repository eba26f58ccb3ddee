import { describe, expect, test } from "vitest";
import type { Device } from "../backends/backend.ts";
import { openReference } from "../backends/reference/device.ts";
import { compile } from "./compile.ts";
import { scalar, tensor } from "./create.ts";
import type { Tensor } from "./tensor.ts";
import { Param, State } from "./variable.ts";

/** A device that counts what it is asked for, and keeps callers waiting. */
function slowDevice(): { device: Device; writes: string[]; loads: () => number; unloads: () => number } {
  const { sync, ...inner } = openReference();
  const writes: string[] = [];
  let [loads, unloads] = [0, 0];
  let queue: Promise<unknown> = Promise.resolve();
  /** In the order of the calls, each a moment later. */
  const later = <T>(work: () => T): Promise<T> => {
    const done = queue.then(() => new Promise((resolve) => setTimeout(resolve, 1))).then(work);
    queue = done.catch(() => undefined);
    return done;
  };
  const device: Device = {
    ...inner,
    load: (program) => {
      loads++;
      return later(() => sync.load(program));
    },
    run: (loaded, request) => later(() => sync.run(loaded, request)),
    write: (name, type, data) => {
      writes.push(name);
      return later(() => sync.write(name, type, data));
    },
    unload: (loaded) => {
      unloads++;
      return later(() => sync.unload(loaded));
    },
  };
  return { device, writes, loads: () => loads, unloads: () => unloads };
}

const many = (count: number, call: () => Promise<Tensor>) => Promise.all(Array.from({ length: count }, call));

describe("variables of compiled functions", () => {
  test("are written once, and again only after they were replaced", async () => {
    const { device, writes } = slowDevice();
    const w = new Param(tensor([1, 2]));
    const f = compile((x: Tensor) => x.mul(w), { device });
    const g = compile((x: Tensor) => x.add(w), { device });
    await f(tensor([1, 1]));
    await f(tensor([2, 2]));
    await g(tensor([2, 2]));
    expect(writes).toHaveLength(1); // shared by both functions
    w.assign(tensor([3, 4]));
    expect(await (await g(tensor([1, 1]))).toArray()).toEqual([4, 5]);
    expect(writes).toHaveLength(2);
  });

  test("that the program assigns stay where they are", async () => {
    const { device, writes } = slowDevice();
    const w = new Param(tensor([1, 2]));
    const step = compile(
      (x: Tensor) => {
        w.assign(w.value.add(x));
        return w.value;
      },
      { device },
    );
    for (let i = 0; i < 3; i++) await step(tensor([1, 1]));
    expect(await w.value.toArray()).toEqual([4, 5]);
    expect(writes).toHaveLength(1);
  });

  test("see every one of several calls that are under way together", async () => {
    const { device, loads } = slowDevice();
    const count = new State(scalar(1));
    const step = compile(
      () => {
        count.assign(count.value.add(1));
        return count.value;
      },
      { device },
    );
    const before = await many(3, () => step());
    expect(before.map((x) => x.itemSync())).toEqual([1, 2, 3]);
    expect(await count.value.item()).toBe(4);
    expect(loads()).toBe(1); // calls that come while a program is made wait for it
    expect((await step()).itemSync()).toBe(4);
  });

  test("a program that makes room for another finishes its runs first", async () => {
    const { device, loads, unloads } = slowDevice();
    const double = compile((x: Tensor) => x.mul(2), { device, cacheSize: 1 });
    const calls = [tensor([1]), tensor([1, 2]), tensor([3])].map((x) => double(x));
    const results = await Promise.all(calls);
    expect(results.map((x) => x.toArraySync())).toEqual([[2], [2, 4], [6]]);
    expect(unloads()).toBeGreaterThanOrEqual(1);
    await double.release();
    expect(unloads()).toBe(loads());
  });
});
