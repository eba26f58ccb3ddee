import type { Value } from "../src/ir/graph.ts";
import type { Program } from "../src/program/program.ts";
import { ProgramSketch } from "./program-sketch.ts";

/** @file Programs much longer than a training step. */

const sketch = new ProgramSketch();
/** Operations on the values of long programs. */
export const { o } = sketch;

/** A program of `length` links, each made of the one before it, the input and its number. */
export function programOf(length: number, next: (y: Value, x: Value, i: number) => Value): Program {
  const x = sketch.feed([16, 16]);
  let y = x;
  for (let i = 0; i < length; i++) y = next(y, x, i);
  return sketch.programOf(y);
}
