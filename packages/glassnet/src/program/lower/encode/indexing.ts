import { BYTES_PER_ELEMENT } from "../../../core/dtype.ts";
import { sizeOf } from "../../../core/shape.ts";
import { dtypeNumber } from "../block.ts";
import { around } from "./around.ts";
import type { Encoder, Operand } from "./encoder.ts";

/** Elementary operations for one element that is found by its own index. */
const LOOKUP_WORK = 4;

export const gather: Encoder<"gather"> = ([x, indices], output, { axis }) => {
  const [outer, n, inner] = around(x!.shape, axis);
  const count = sizeOf(indices!.shape);
  const operands = [output.buffer, x!.buffer, indices!.buffer, BYTES_PER_ELEMENT[x!.dtype]];
  return { kernel: "gather", args: [...operands, outer, n, count, inner], work: outer * count * (inner + LOOKUP_WORK) };
};

export const gatherElements: Encoder<"gatherElements"> = ([x, indices], output, { axis }) => {
  const [outer, n, inner] = around(x!.shape, axis);
  const operands = [output.buffer, x!.buffer, indices!.buffer, BYTES_PER_ELEMENT[x!.dtype]];
  return {
    kernel: "gatherElements",
    args: [...operands, outer, n, indices!.shape[axis]!, inner],
    work: sizeOf(output.shape) * LOOKUP_WORK,
  };
};

const scattered = ([x, indices, updates]: readonly Operand[], output: Operand): number[] => [
  ...[output.buffer, x!.buffer, indices!.buffer, updates!.buffer],
  dtypeNumber(output.dtype),
];

export const scatterAdd: Encoder<"scatterAdd"> = (inputs, output, { axis }) => {
  const [outer, n, inner] = around(output.shape, axis);
  const count = sizeOf(inputs[1]!.shape);
  return {
    kernel: "scatterAdd",
    args: [...scattered(inputs, output), outer, n, count, inner],
    work: sizeOf(output.shape) + outer * count * (inner + LOOKUP_WORK),
  };
};

export const scatterAddElements: Encoder<"scatterAddElements"> = (inputs, output, { axis }) => {
  const [outer, n, inner] = around(output.shape, axis);
  const count = inputs[1]!.shape[axis]!;
  return {
    kernel: "scatterAddElements",
    args: [...scattered(inputs, output), outer, n, count, inner],
    work: sizeOf(output.shape) + outer * count * inner * LOOKUP_WORK,
  };
};
