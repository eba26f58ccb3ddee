import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axesOf, axisOf } from "./axes.ts";
import { firstPlan, knobsOf, planText, readPlan, startOf, withNumber } from "./plan.ts";

const number = (name: string, at: number, low: number, high: number, start: number) => ({
  ...{ name, at, low, high, start },
  mean: (low + high) / 2,
  bounds: [low, high] as const,
});
const info = {
  isCompany: true,
  inputNames: ["price", "marketing", "competitor", "winter", "spring", "summer", "autumn"],
  numbers: [number("price", 0, 15, 40, 18), number("marketing", 1, 2, 80, 10), number("competitor", 2, 15, 35, 25)],
  levels: [{ name: "season", levels: ["winter", "spring", "summer", "autumn"], at: 3 }],
};

describe("the plan of a search", () => {
  test("turns prices and budgets at first, and begins in summer", () => {
    const plan = firstPlan(info);
    expect(knobsOf(plan)).toEqual([
      { input: 0, low: 15, high: 40 },
      { input: 1, low: 2, high: 80 },
    ]);
    expect(startOf(plan, info)).toEqual([18, 10, 25, 0, 0, 1, 0]);
  });

  test("comes back from its text", () => {
    const plan = withNumber(firstPlan(info), 2, { isKnob: true, start: 99 });
    expect(plan.numbers[2]!.start).toBe(35); // within its bounds
    expect(readPlan(planText(plan), info)).toEqual(plan);
  });

  test("from any text is one that fits the table", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.array(fc.array(fc.double()))).map((x) => JSON.stringify(x)),
    );
    fc.assert(
      fc.property(text, (link) => {
        const plan = readPlan(link, info);
        expect(plan.numbers.length).toBe(3);
        for (const { start, isKnob, low, high } of plan.numbers) {
          expect(low).toBeLessThanOrEqual(high);
          if (isKnob) expect(start >= low && start <= high).toBe(true);
        }
        expect(
          startOf(plan, info)
            .slice(3)
            .reduce((sum, x) => sum + x),
        ).toBe(1);
      }),
    );
    expect(readPlan("[[[20,1,50,10],[10,1,2,80],[25,0,15,35]],[3]]", info)).toMatchObject({
      numbers: [{ start: 20, low: 10, high: 50 }, {}, {}],
      levels: [3],
    });
  });

  test("equal bounds leave no room", () => {
    expect(knobsOf(withNumber(firstPlan(info), 0, { low: 20, high: 20 })).map(({ input }) => input)).toEqual([1]);
  });
});

describe("axes", () => {
  test("show the rows, the bounds and the start", () => {
    const axis = axisOf(info, withNumber(firstPlan(info), 0, { low: 10, high: 60 }), 0);
    expect(axis.low).toBeCloseTo(9);
    expect(axis.high).toBeCloseTo(61);
  });

  test("are never the same input twice", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (across, up) => {
        const [a, b] = axesOf(info, { across, up })!;
        expect(a).not.toBe(b);
        expect([a, b].every((which) => which >= 0 && which < 3)).toBe(true);
      }),
    );
    expect(axesOf({ numbers: info.numbers.slice(0, 1) }, { across: 0, up: 1 })).toBeUndefined();
  });
});
