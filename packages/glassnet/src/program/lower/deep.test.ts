import { describe, expect, test, vi } from "vitest";
import { o, programOf } from "../../../test/long-program.ts";
import { Extents } from "./extents.ts";
import { lowerProgram } from "./lower.ts";

describe("a long program", () => {
  test("of 10,000 elementwise operations becomes blocks of dozens each", () => {
    const { instructions } = lowerProgram(programOf(10_000, (y) => o.tanh(y)));
    expect(instructions.every(({ kernel }) => kernel === "block")).toBe(true);
    expect(instructions.length).toBeLessThan(10_000 / 40);
  });

  test("of 1,000 layers is one product with an epilogue each", () => {
    const { instructions } = lowerProgram(programOf(1000, (y, x) => o.add(o.tanh(o.matmul(y, x)), x)));
    expect(instructions.map(({ kernel }) => kernel)).toEqual(new Array(1000).fill("matmul"));
  });

  test("is placed with work in proportion to its length", () => {
    const add = vi.spyOn(Extents.prototype, "add");
    const worksOf = (length: number): number => {
      add.mockClear();
      const { arenaBytes } = lowerProgram(programOf(length, (y, x) => o.add(o.tanh(o.matmul(y, x)), x)));
      expect(arenaBytes).toBeLessThanOrEqual(3 * 16 * 16 * 4 + 64); // the input, one layer, the next, and a margin
      return add.mock.calls.length;
    };
    const [short, long] = [worksOf(500), worksOf(4000)];
    expect(long / short).toBeLessThan(12);
  });
});
