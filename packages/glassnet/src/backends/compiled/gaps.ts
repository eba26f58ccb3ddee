import { UnsupportedError } from "../../core/errors.ts";
import { formatType } from "../../core/shape.ts";
import type { Program } from "../../program/program.ts";

/** What the compiled kernels leave to the reference backend, with the reason. */
const dtypeGaps = {
  f64: "f64 is for checking, and runs on the reference backend alone",
} as const;

/** The first buffer of a program that the compiled kernels cannot hold, and why. */
export function dtypeGap({ buffers }: Program): string | undefined {
  const buffer = buffers.find(({ dtype }) => dtype in dtypeGaps);
  return buffer === undefined ? undefined : `${formatType(buffer)}: ${dtypeGaps.f64}`;
}

/** @throws UnsupportedError naming the dtype and the reason. */
export function checkDtypes(backend: string, program: Program): void {
  const gap = dtypeGap(program);
  if (gap === undefined) return;
  throw new UnsupportedError("unsupported", "load", `the backend "${backend}" cannot run this program: ${gap}`, {
    help: 'use f32, or the backend "reference"',
  });
}
