import { describe, expect, test } from "vitest";
import { o, programOf } from "../../../test/long-program.ts";
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
});
