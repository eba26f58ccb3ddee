import { expect, test } from "vitest";
import answers from "../answers.json" with { type: "json" };
import { trials } from "./all.ts";
import { answerTo, faultOf } from "./answer.ts";

test("every training step that is measured has stored losses, and nothing else has", () => {
  const steps = trials.flatMap(({ workload }) => (workload.kind === "step" ? [workload] : []));
  expect(Object.keys(answers.losses).sort()).toEqual([...new Set(steps.map(({ name }) => name))].sort());
  for (const workload of steps) {
    expect(answerTo(workload, answers.losses).values, workload.name).toHaveLength(workload.checkedSteps);
  }
});

test("a step without stored losses says how to make them", () => {
  const workload = trials.find(({ workload: { kind } }) => kind === "step")!.workload;
  expect(() => answerTo(workload, {})).toThrow("run with --write-answers");
});

test("the first loss of a network that knows nothing is about log 10", () => {
  const losses: Readonly<Record<string, readonly number[]>> = answers.losses;
  expect(Math.abs(losses["step 784-128-10, batch 512, SGD"]![0]! - Math.log(10))).toBeLessThan(0.1);
});

test("Adam's first steps move every parameter by the learning rate, against its gradient", () => {
  const { values } = answerTo({ kind: "adam", name: "", size: 100_000 }, {});
  expect(values[0]).toBeCloseTo(-1 + 5 * 0.001, 9); // begins at -1 with a negative gradient
});

test("a product has the elements that its definition says", () => {
  // n = 1: one element, a times b, looked at three times.
  const { values } = answerTo({ kind: "gemm", name: "", n: 1 }, {});
  expect(new Set(values).size).toBe(1);
});

test("an error is found if it is larger than the tolerance, NaN and missing numbers too", () => {
  const answer = { values: [1, -100], tolerance: 1e-3 };
  expect(faultOf([1.05, -100.05], answer)).toBeUndefined(); // a tenth of the largest's thousandth
  expect(faultOf([1.2, -100], answer)).toBe("number 1 of 2 is 1.2, expected 1 within 0.1");
  expect(faultOf([1, Number.NaN], answer)).toBe("number 2 of 2 is NaN, expected -100 within 0.1");
  expect(faultOf([1], answer)).toBe("gave 1 numbers to check, expected 2");
});
