import { expect, test } from "vitest";
import { compile } from "../../tensor/compile.ts";
import { tensor, zeros } from "../../tensor/create.ts";
import { gather } from "../../tensor/functions.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { flops } from "../cost.ts";
import type { Program } from "../program.ts";
import { lowerProgram } from "./lower.ts";
import { printLowered } from "./print.ts";

const listing = (program: Program): string => `\n${printLowered(lowerProgram(program))}\n`;

/** Operations by the costs of the primitives, whatever the lowering makes of them. */
function totalFlops({ instructions, buffers }: Program): number {
  return instructions.reduce((sum, { prim, inputs, output, attrs }) => {
    const cost = flops[prim] as (
      inputs: readonly (readonly number[])[],
      output: readonly number[],
      attrs: object,
    ) => number;
    return (
      sum +
      cost(
        inputs.map((i) => buffers[i]!.shape),
        buffers[output]!.shape,
        attrs,
      )
    );
  }, 0);
}

const network = compile((x: Tensor, w: Tensor, b: Tensor) => x.matmul(w.transpose()).add(b).maximum(0).softmax());
const networkProgram = network.program(zeros([3, 5]), zeros([4, 5]), zeros([4]));

test("a product stands with what follows it, and a row's reduction with what it is for", () => {
  expect(listing(networkProgram)).toMatchInlineSnapshot(`
    "
    2 instructions, 213 FLOPs, 576 bytes of scratch, 1.0 MiB for each thread
    b0: f32[3, 5] = feed "argument 0"  (60 bytes)
    b1: f32[4, 5] = feed "argument 1"  (80 bytes)
    b4: f32[4] = feed "argument 2"  (16 bytes)
    0: matmul  (120 FLOPs, 188 bytes, one thread)
         b3: f32[3, 4] = matmul b0 [3, 5] · b1ᵀ [5, 4]
    1: block over [3, 4] in rows of [4]  (93 FLOPs, 112 bytes, one thread)
         t0 = add b3 b4
         t1 = max t0 0
         t2 = row max t1
         t3 = abs t2
         t4 = lt t3 Infinity
         t5 = where t4 t2 0
         t6 = sub t1 t5
         t7 = exp t6
         t8 = row sum t7
         b16: f32[3, 4] = div t7 t8
    return 0 = b16
    "
  `);
});

test("the operations of all instructions together are those of the program", () => {
  const total = totalFlops(networkProgram);
  expect(total).toBeGreaterThan(0);
  expect(listing(networkProgram)).toContain(`, ${total} FLOPs,`);
});

test("kernels of their own, folds, and constants that are no single number", () => {
  const table = tensor([1, 2, 3]);
  const f = compile((indices: Tensor, x: Tensor) => gather(table, indices).add(x).sum({ axes: 0 }));
  expect(listing(f.program(zeros([4], { dtype: "i32" }), zeros([4])))).toMatchInlineSnapshot(`
    "
    2 instructions, 8 FLOPs, 384 bytes of scratch, 512 bytes for each thread
    b0: f32[3] = constant  (12 bytes)
    b1: i32[4] = feed "argument 0"  (16 bytes)
    b3: f32[4] = feed "argument 1"  (16 bytes)
    0: gather  (0 FLOPs, 44 bytes, one thread)
         b2: f32[4] = gather b0 b1 {axis=0}
    1: block over [4] in rows of [4]  (8 FLOPs, 36 bytes, one thread)
         t0 = add b2 b3
         b5: f32[] = row sum t0
    return 0 = b5
    "
  `);
});

test("numbers are printed as what the operation takes them for", () => {
  const f = compile(
    (x: Tensor, n: Tensor) => [x.mul(0.1).minimum(Number.POSITIVE_INFINITY), n.mul(-3).add(7)] as const,
  );
  expect(listing(f.program(zeros([4]), zeros([4], { dtype: "i32" })))).toMatchInlineSnapshot(`
    "
    2 instructions, 12 FLOPs, 512 bytes of scratch, 640 bytes for each thread
    b0: f32[4] = feed "argument 0"  (16 bytes)
    b3: i32[4] = feed "argument 1"  (16 bytes)
    0: block over [4]  (4 FLOPs, 32 bytes, one thread)
         b2: f32[4] = mul b0 0.1
    1: block over [4]  (8 FLOPs, 32 bytes, one thread)
         t0 = mul b3 -3
         b7: i32[4] = add t0 7
    return 0 = b2
    return 1 = b7
    "
  `);
});

test("a program without instructions is one line and its results", () => {
  expect(listing(compile((x: Tensor) => x).program(zeros([2])))).toMatchInlineSnapshot(`
    "
    0 instructions, 0 FLOPs, 128 bytes of scratch, 0 bytes for each thread
    b0: f32[2] = feed "argument 0"  (8 bytes)
    return 0 = b0
    "
  `);
});
