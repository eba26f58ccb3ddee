import { describe, expect, test } from "vitest";
import { Rng } from "../../core/random.ts";
import { Allocator } from "./allocator.ts";

/** An allocator from address 100 on, and the ends that it asked for. */
function make() {
  const ends: number[] = [];
  return { ends, allocator: new Allocator(100, (end) => void ends.push(end)) };
}

describe("an allocator", () => {
  test("hands out whole cache lines, one after the other", () => {
    const { allocator, ends } = make();
    expect([allocator.allocate(1, "a"), allocator.allocate(64, "b"), allocator.allocate(65, "c")]).toEqual([
      128, 192, 256,
    ]);
    expect(ends).toEqual([192, 256, 384]);
  });

  test("gives even nothing a place of its own", () => {
    const { allocator } = make();
    expect(allocator.allocate(0, "a")).not.toBe(allocator.allocate(0, "b"));
  });

  test("takes the first gap that is large enough, and keeps the rest of it", () => {
    const { allocator, ends } = make();
    const [a, b] = [allocator.allocate(64, "a"), allocator.allocate(192, "b")];
    allocator.allocate(64, "c");
    allocator.free(a);
    allocator.free(b);
    expect(allocator.allocate(128, "d")).toBe(a);
    expect(allocator.allocate(128, "e")).toBe(a + 128);
    expect(ends).toHaveLength(3);
  });

  test("joins what is freed with the gaps on both sides", () => {
    const { allocator } = make();
    const [a, b, c] = ["a", "b", "c"].map((what) => allocator.allocate(64, what)) as [number, number, number];
    allocator.allocate(64, "d");
    for (const address of [a, c, b]) allocator.free(address);
    expect(allocator.allocate(192, "e")).toBe(a);
  });

  test("lets a gap at the end grow instead of leaving it behind", () => {
    const { allocator, ends } = make();
    const a = allocator.allocate(64, "a");
    allocator.free(a);
    expect(allocator.allocate(256, "b")).toBe(a);
    expect(ends).toEqual([192, 384]);
  });

  test("forgets nothing when memory does not grow", () => {
    let isFull = false;
    const allocator = new Allocator(0, (_, bytes, what) => {
      if (isFull) throw new Error(`no ${bytes} bytes for ${what}`);
    });
    const a = allocator.allocate(128, "a");
    allocator.free(a);
    isFull = true;
    expect(() => allocator.allocate(256, "b")).toThrow("no 256 bytes for b");
    expect(allocator.allocate(128, "c")).toBe(a);
  });

  test("ignores addresses that it did not hand out, and those that are free already", () => {
    const { allocator } = make();
    const a = allocator.allocate(64, "a");
    allocator.free(a + 64);
    allocator.free(a);
    allocator.free(a);
    expect([allocator.allocate(64, "b"), allocator.allocate(64, "c")]).toEqual([a, a + 64]);
  });

  test("never hands out a byte twice, and ends as it began: 5,000 random pieces", () => {
    const rng = Rng.seeded(4);
    const { allocator, ends } = make();
    const live = new Map<number, number>();
    for (let i = 0; i < 5000; i++) {
      if (live.size > 0 && rng.next() < 0.5) {
        const address = [...live.keys()][Math.floor(rng.next() * live.size)]!;
        allocator.free(address);
        live.delete(address);
      } else {
        const bytes = Math.floor(rng.next() * 1000);
        const address = allocator.allocate(bytes, "a piece");
        expect(address % 64).toBe(0);
        for (const [other, size] of live) {
          if (address < other + Math.max(size, 1) && other < address + Math.max(bytes, 1))
            expect.fail(`${address} is in ${other}`);
        }
        live.set(address, bytes);
      }
    }
    for (const address of live.keys()) allocator.free(address);
    expect(allocator.allocate(ends.at(-1)! - 128, "all of it")).toBe(128);
  });
});
