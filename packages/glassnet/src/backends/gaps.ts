import type { DType } from "../core/dtype.ts";
import { UnsupportedError } from "../core/errors.ts";
import { formatType } from "../core/shape.ts";
import type { PrimName } from "../ir/prim.ts";
import type { Program } from "../program/program.ts";
import type { Backend } from "./backend.ts";

export type Gaps = Backend["gaps"];

/** What of a program a backend lacks. */
export interface Gap {
  /** A primitive, or a buffer's type. */
  readonly what: string;
  readonly reason: string;
}

/** The first buffer or primitive of a program that is among the gaps. */
export function gapOf(gaps: Gaps, { buffers, instructions }: Program): Gap | undefined {
  const reasonOf = (name: DType | PrimName): string | undefined => gaps[name];
  const buffer = buffers.find(({ dtype }) => reasonOf(dtype) !== undefined);
  if (buffer !== undefined) return { what: formatType(buffer), reason: reasonOf(buffer.dtype)! };
  const instruction = instructions.find(({ prim }) => reasonOf(prim) !== undefined);
  return instruction && { what: instruction.prim, reason: reasonOf(instruction.prim)! };
}

/** @throws UnsupportedError naming what the backend lacks, and the reason. */
export function checkGaps(backend: string, gaps: Gaps, program: Program): void {
  const gap = gapOf(gaps, program);
  if (gap === undefined) return;
  const what = `the backend "${backend}" cannot run this program: ${gap.what}: ${gap.reason}`;
  throw new UnsupportedError("unsupported", "load", what, { help: 'use f32, or the backend "reference"' });
}
