import { describe, expect, test } from "vitest";
import { ProgramSketch } from "../../../test/program-sketch.ts";
import type { Value } from "../../ir/graph.ts";
import { type Lowered, lowerProgram } from "./lower.ts";

const sketch = new ProgramSketch();
const { o } = sketch;
const feed: ProgramSketch["feed"] = (shape, dtype) => sketch.feed(shape, dtype);

const lower = (...values: readonly Value[]): Lowered => lowerProgram(sketch.programOf(...values));
const kernelsOf = ({ instructions }: Lowered) => instructions.map(({ kernel }) => kernel);

test("a kernel sees a reshaped operand in the shape that it has there, not in that of the memory", () => {
  const x = o.reshape(feed([300]), [12, 25]);
  const indices = feed([4], "i32");
  const { instructions } = lower(o.gather(x, indices, 1));
  const reshaped = instructions[0]!.args;
  const plain = lower(o.gather(feed([12, 25]), indices, 1)).instructions[0]!.args;
  expect(reshaped.slice(3)).toEqual(plain.slice(3));
});

test("a kernel that makes no elements fills none: sizes beside the 0 may be of any size, and operands are kept apart", () => {
  const x = feed([1024, 0, 5000, 1024, 5000]);
  const start = feed([5], "i32");
  const lowered = lower(o.dynamicSlice(x, o.add(start, 1), [1023, 0, 4999, 1024, 4998]));
  expect(kernelsOf(lowered)).toEqual(["block", "fill"]);
  expect(lowered.instructions[1]!.args[2]).toBe(0);
  expect(lowered.buffers.map(({ bytes }) => bytes)).toEqual([0, 20, 4, 20, 0]);
  const offsets = lowered.buffers.flatMap(({ bytes, place }) => (bytes > 0 && "offset" in place ? [place.offset] : []));
  expect(new Set(offsets).size).toBe(3);
});

describe("memory", () => {
  test("what is never needed at the same time shares it", () => {
    const x = feed([64, 64]);
    const chain = [1, 2, 3, 4].reduce((y: Value) => o.gather(y, feed([64], "i32"), 0), x);
    const lowered = lower(chain);
    expect(kernelsOf(lowered)).toEqual(["gather", "gather", "gather", "gather"]);
    // The operand, what is being made of it, and the indices.
    expect(lowered.arenaBytes).toBeLessThan(3 * 64 * 64 * 4 + 4 * 64 * 4 + 64 + 1);
  });
});
