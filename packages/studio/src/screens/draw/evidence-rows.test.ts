import fc from "fast-check";
import { expect, test } from "vitest";
import { evidenceWay } from "./evidence-rows.ts";

const term = (index: number, product: number) => ({ index, input: 1, weight: product, product });

test("the way goes from 0 by the bias and every term to the sum, and folds what is weak", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 40 }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      (products, bias, shown) => {
        const terms = products.map((product, i) => term(i, product));
        const sum = products.reduce((all, x) => all + x, bias);
        const { rows, low, high } = evidenceWay(
          {
            for: terms.filter(({ product }) => product > 0),
            against: terms.filter(({ product }) => product < 0),
            ...{ bias, sum, logit: sum, bound: 0, classIndex: 0, layer: "l", activations: [] },
          },
          shown,
        );
        const count = products.filter((x) => x !== 0).length;
        expect(rows).toHaveLength(1 + Math.min(shown, count) + (count > shown ? 1 : 0));
        let at = 0;
        for (const { from, to, value } of rows) {
          expect(from).toBe(at);
          expect(to - from).toBeCloseTo(value, 9);
          expect(to).toBeLessThanOrEqual(high);
          expect(to).toBeGreaterThanOrEqual(low);
          at = to;
        }
        expect(at).toBeCloseTo(sum, 9);
        const sizes = rows.flatMap(({ kind, value }) => (kind === "unit" ? [Math.abs(value)] : []));
        expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
        if (count > shown) expect(rows.at(-1)).toMatchObject({ kind: "rest", count: count - shown });
      },
    ),
    { seed: 2 },
  );
});
