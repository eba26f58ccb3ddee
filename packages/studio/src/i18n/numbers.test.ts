import fc from "fast-check";
import { expect, test } from "vitest";
import { agreed, agreeingDigits, brief, count, fixed, percent, signed, significant } from "./numbers.ts";

test("numbers in tables have a true minus, and no minus where nothing is left of it", () => {
  expect([1.23456, -1.5, -0.0001, 0].map((x) => fixed(x, 3))).toEqual(["1.235", "−1.500", "0.000", "0.000"]);
  expect([1, -1, 0, 0.0001].map((x) => signed(x, 2))).toEqual(["+1.00", "−1.00", "0.00", "0.00"]);
});

test("what is not finite is named, not hidden", () => {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const print of [fixed, significant, percent]) expect(odd.map((x) => print(x))).toEqual(["NaN", "∞", "−∞"]);
});

test("small and large numbers get a power of ten", () => {
  expect([0, 0.012345, 1234.5678, 1.23e-7, -4.5e9].map((x) => significant(x, 3))).toEqual([
    ...["0", "0.0123", "1.23e3", "1.23e−7", "−4.50e9"],
  ]);
});

test("shares and counts", () => {
  expect(percent(0.97345)).toBe("97.3%");
  expect(count(60_000, "en")).toBe("60,000");
  expect(count(60_000, "zh")).toBe("60,000");
});

test("only digits in which both numbers agree are printed", () => {
  expect(agreed(1.2345678, 1.2345671, 8)).toBe("1.23457");
  expect(agreed(0.5, 0.5, 4)).toBe("0.5000");
  expect(agreed(3, 4)).toBe("3");
  expect(agreeingDigits(Number.NaN, 1)).toBe(0);
});

test("what is said to agree is printed alike, and one digit more would not be", () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(number, fc.double({ min: -1e-2, max: 1e-2, noNaN: true }), (a, d) => {
      const digits = agreeingDigits(a, a + d);
      if (digits > 0) expect(fixed(a, digits)).toBe(fixed(a + d, digits));
      if (digits < 10) expect(fixed(a, digits + 1)).not.toBe(fixed(a + d, digits + 1));
    }),
  );
});

test("a reader's numbers have no zeros at the end, and powers of ten only where they must", () => {
  const numbers = [0, 2000, 12.5, 0.25, -3, 999_999.7, 1e7, -1.25e8, 0.00001234];
  expect(numbers.map((x) => brief(x, 6))).toEqual([
    ...["0", "2000", "12.5", "0.25", "−3", "1e6", "1e7", "−1.25e8", "1.234e−5"],
  ]);
  const number = fc.double({ min: -1e300, max: 1e300, noNaN: true });
  fc.assert(
    fc.property(number, (x) => {
      const back = Number(brief(x, 5).replaceAll("−", "-"));
      expect(Math.abs(back - x)).toBeLessThanOrEqual(5.1e-5 * Math.abs(x));
    }),
  );
});
