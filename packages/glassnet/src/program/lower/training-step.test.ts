import { describe, expect, test } from "vitest";
import { openReference } from "../../backends/reference/device.ts";
import { Rng } from "../../core/random.ts";
import { dataset } from "../../data/dataset.ts";
import { crossEntropy } from "../../loss/cross-entropy.ts";
import { linear } from "../../nn/linear.ts";
import { sequential } from "../../nn/sequential.ts";
import { adam } from "../../optim/adam.ts";
import type { Optimizer } from "../../optim/optimizer.ts";
import { sgd } from "../../optim/sgd.ts";
import { relu } from "../../tensor/functions.ts";
import { Residence } from "../../train/residence.ts";
import { traceStep } from "../../train/step-program.ts";
import { type Lowered, type LoweredInstruction, lowerProgram } from "./lower.ts";
import { nodesOfUnit, readsOf } from "./unit.ts";

/** @file What becomes of the training step of a small network. */

const rng = Rng.seeded(1);
const BATCH = 32;

function stepOf(optimizer: Optimizer): Lowered {
  const model = sequential(linear(784, 128, { rng }), relu, linear(128, 10, { rng }));
  const inputs = rng.normal([64, 784]);
  const targets = rng.integers([64], 0, 10);
  const data = dataset({ name: "noise", inputs, targets, classNames: [..."0123456789"] });
  const residence = new Residence(openReference(), model);
  return lowerProgram(traceStep({ model, loss: crossEntropy, optimizer, data }, residence, BATCH).build());
}

const opsOf = ({ plan }: LoweredInstruction): readonly string[] => plan?.ops.map(({ op }) => op) ?? [];

/** The product of such a shape, with what its epilogue does. */
function productOf({ instructions }: Lowered, m: number, k: number, n: number): LoweredInstruction {
  const found = instructions.find(({ kernel, args }) => {
    const [, rows, columns, inner] = args;
    return kernel === "matmul" && rows === m && columns === n && inner === k;
  });
  if (found === undefined) throw new Error(`there is no product [${m}, ${k}] · [${k}, ${n}]`);
  return found;
}

describe("the training step of 784-128-10", () => {
  const step = stepOf(sgd());

  test("adds the bias and applies the activation to the product while it is in the cache", () => {
    expect(opsOf(productOf(step, BATCH, 784, 128))).toEqual(expect.arrayContaining(["ADD_F", "WHERE"]));
  });

  test("updates the weights where their gradient comes about, which is never stored", () => {
    const update = productOf(step, 128, BATCH, 784);
    expect(opsOf(update)).toEqual(expect.arrayContaining(["SUB_MUL", "FINITE"]));
    const written = update.plan!.outputs.map(({ memory }) => step.buffers[memory]!.place.kind);
    expect(written).toEqual(["next"]);
  });

  test("computes softmax, cross-entropy and its gradient for the logits in one block", () => {
    const blocks = step.instructions.filter((instruction) => opsOf(instruction).includes("EXP"));
    expect(blocks).toHaveLength(1);
    expect(opsOf(blocks[0]!)).toEqual(expect.arrayContaining(["ROW_MAX_F", "EXP", "ROW_SUM_F", "LOG", "DIV_F"]));
    expect(blocks[0]!.plan!.outputs.length).toBeGreaterThan(1); // losses and gradient
  });

  test("stores the gradient before the activation where that behind it lay, which nobody needs any more", () => {
    const masked = step.instructions.find((instruction) => opsOf(instruction).join() === "WHERE")!;
    const [output] = masked.plan!.outputs.filter(({ fold }) => fold === 0);
    const places = masked.plan!.inputs.map(({ memory }) => step.buffers[memory]!.place);
    expect(step.buffers[output!.memory]!.place).toMatchObject({ kind: "scratch" });
    expect(places).toContainEqual(step.buffers[output!.memory]!.place);
  });

  test("Adam is one pass over weight, both slots and the product that is the gradient", () => {
    const lowered = stepOf(adam());
    const update = productOf(lowered, 128, BATCH, 784);
    expect(opsOf(update)).toEqual(expect.arrayContaining(["BLEND", "ROOT_ADD", "RATIO", "SUB_MUL"]));
    expect(update.plan!.outputs.map(({ memory }) => lowered.buffers[memory]!.place.kind)).toEqual([
      ...["next", "next", "next"],
    ]);
  });

  test.each([
    ["sgd", step],
    ["adam", stepOf(adam())],
  ] as const)("stores nothing that nobody reads: %s", (_, lowered) => {
    const { instructions, buffers } = lowered;
    const read = new Set(instructions.flatMap(({ unit }) => [...readsOf(unit)]));
    const kept = new Set(["next", "collected"]);
    for (const { kernel, args, plan, unit } of instructions) {
      const results = () => nodesOfUnit(unit).flatMap(({ output }) => output ?? []);
      const stored = kernel === "fill" ? [args[0]!] : (plan?.outputs.map(({ memory }) => memory) ?? results());
      for (const memory of stored) expect(read.has(memory) || kept.has(buffers[memory]!.place.kind)).toBe(true);
    }
  });

  test("takes few instructions", () => {
    expect(step.instructions.length).toBeLessThanOrEqual(16);
  });
});
