import { expect, test } from "vitest";
import { openReference } from "../backends/reference/device.ts";
import { printProgram } from "../program/print.ts";
import { tensor } from "./create.ts";
import { withScope } from "./trace.ts";
import { traceProgram } from "./trace-program.ts";
import { Param } from "./variable.ts";

function traced() {
  const w = new Param(tensor([1, 2]));
  return traceProgram(
    ({ input }) => {
      const x = input({ dtype: "f32", shape: [2] }, { kind: "feed", name: "x" });
      const first = withScope("layers.0", () => x.mul(w).neg().neg());
      const second = withScope("layers.1", () => x.mul(w).div(tensor(4).add(4)));
      const unread = second.exp();
      return {
        writes: [{ state: w.value, value: w.value.mul(1) }],
        guard: [first, unread.mul(0).stopGradient()],
        perStep: { sum: second.sum() },
        outputs: { first, second, x },
      };
    },
    () => ({ kind: "state", name: "w" }),
  );
}

test("a program is built without what need not be computed", () => {
  expect(printProgram(traced().build())).toMatchInlineSnapshot(`
    "b0: f32[2] = state "w"
    b1: f32[2] = feed "x"
    b3: f32[] = constant 0.125
    b6: f32[] = constant 0
    b2: f32[2] = mul b1 b0  # layers.0
    b4: f32[2] = mul b2 b3  # layers.1
    b5: f32[2] = exp b4
    b7: f32[2] = mul b5 b6
    b8: f32[] = sum b4 {axes=[0], keepDims=false}
    write b0 <- b0
    guard b2, b7
    each step sum = b8
    return first = b2
    return second = b4
    return x = b1"
  `);
});

test("or as it was traced, with an instruction for each operation in its scope", () => {
  expect(printProgram(traced().buildAsTraced())).toMatchInlineSnapshot(`
    "b0: f32[2] = state "w"
    b1: f32[] = constant 1
    b3: f32[2] = feed "x"
    b8: f32[] = constant 4
    b9: f32[] = constant 4
    b13: f32[] = constant 0
    b2: f32[2] = mul b0 b1
    b4: f32[2] = mul b3 b0  # layers.0
    b5: f32[2] = neg b4  # layers.0
    b6: f32[2] = neg b5  # layers.0
    b7: f32[2] = mul b3 b0  # layers.1
    b10: f32[] = add b8 b9  # layers.1
    b11: f32[2] = div b7 b10  # layers.1
    b12: f32[2] = exp b11
    b14: f32[2] = mul b12 b13
    b15: f32[2] = stopGradient b14
    b16: f32[] = sum b11 {axes=[0], keepDims=false}
    write b0 <- b2
    guard b6, b15
    each step sum = b16
    return first = b6
    return second = b11
    return x = b3"
  `);
});

test("both give the same bits", () => {
  const { build, buildAsTraced } = traced();
  const [result, plain] = [build(), buildAsTraced()].map((program) => {
    const { sync } = openReference();
    sync.write("w", { dtype: "f32", shape: [2] }, Float32Array.of(0.1, -0));
    const run = sync.run(sync.load(program), { steps: 2, feeds: { x: Float32Array.of(3, 1e30) } });
    return { ...run, w: sync.read("w") };
  });
  expect(result).toEqual(plain);
});
