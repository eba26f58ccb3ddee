import { describe, expect, test } from "vitest";
import answers from "../answers.json" with { type: "json" };
import { trials } from "./all.ts";
import { ADAM, answerTo, comparedParts, comparedRows, faultOf, operands } from "./answer.ts";

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

describe("a product", () => {
  const n = 96;
  const answer = answerTo({ kind: "gemm", name: "", n }, {});
  /** By the definition, in f64, stored as f32. */
  const product = (): Float32Array => {
    const [a, b] = operands(n * n);
    return Float32Array.from({ length: n * n }, (_, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[row * n + k]! * b[k * n + column]!;
      return sum;
    });
  };

  test("has the checksums that its definition says", () => {
    expect(faultOf(comparedRows(product(), n), answer)).toBeUndefined();
  });

  test("is refused if a tile is zero, a column has moved, or one element is a hundredth off", () => {
    const tile = product();
    for (let row = 40; row < 48; row++) tile.fill(0, row * n + 64, row * n + 80);
    expect(faultOf(comparedRows(tile, n), answer)).toMatch(/^number 41 of 96 is /);

    const moved = product();
    for (let row = 0; row < n; row++) moved.copyWithin(row * n + 17, row * n + 18, row * n + 19);
    expect(faultOf(comparedRows(moved, n), answer)).toMatch(/^number 1 of 96 is /);

    const slightly = product();
    slightly[95 * n + 3]! += 0.01;
    expect(faultOf(comparedRows(slightly, n), answer)).toMatch(/^number 96 of 96 is /);
  });
});

describe("Adam's parameters", () => {
  const size = 100_050; // the last part is shorter
  const answer = answerTo({ kind: "adam", name: "", size }, {});
  /** While the gradient g stays the same, both means are right from the first step: p moves by η g / (|g| + ε) each time. */
  const updated = (): Float32Array => {
    const [params, grads] = operands(size);
    const { learningRate, checkedSteps, epsilon } = ADAM;
    return params.map((p, i) => p - (checkedSteps * learningRate * grads[i]!) / (Math.abs(grads[i]!) + epsilon));
  };

  test("have the checksums that its definition says", () => {
    expect(answer.values).toHaveLength(991); // parts of 101
    expect(faultOf(comparedParts(updated()), answer)).toBeUndefined();
  });

  test("are refused if one of them stays as it was, in the first part or in the last", () => {
    const [params] = operands(size);
    for (const [i, part] of [
      [7, 1],
      [size - 3, 991],
    ] as const) {
      const stale = updated();
      stale[i] = params[i]!;
      expect(faultOf(comparedParts(stale), answer)).toMatch(new RegExp(`^number ${part} of 991 is `));
    }
  });
});

test("an error is found if it is larger than the tolerance, NaN and missing numbers too", () => {
  const answer = { values: [1, -100], tolerance: 1e-3 };
  expect(faultOf([1.05, -100.05], answer)).toBeUndefined(); // a tenth of the largest's thousandth
  expect(faultOf([1.2, -100], answer)).toBe("number 1 of 2 is 1.2, expected 1 within 0.1");
  expect(faultOf([1, Number.NaN], answer)).toBe("number 2 of 2 is NaN, expected -100 within 0.1");
  expect(faultOf([1], answer)).toBe("gave 1 numbers to check, expected 2");
});

test("what was NaN before it became JSON is found beside an expected 0", () => {
  const got = JSON.parse(JSON.stringify([100, Number.NaN])) as number[];
  expect(faultOf(got, { values: [100, 0], tolerance: 1e-3 })).toBe("number 2 of 2 is NaN, expected 0 within 0.1");
});
