import { openDevice } from "glassnet";
import { expect, test } from "vitest";
import { CHECK_STEPS, compareLosses, measure } from "./self-check.ts";

test("losses that differ by rounding agree, and others do not", () => {
  const reference = [2.5, 2.25, 2];
  expect(compareLosses(reference, reference)).toEqual({ difference: 0, agrees: true });
  expect(compareLosses([2.5, 2.25, 2.00002], reference).agrees).toBe(true);
  expect(compareLosses([2.5, 2.25, 2.01], reference).agrees).toBe(false);
});

test("losses that are missing or no numbers do not agree", () => {
  expect(compareLosses([2.5], [2.5, 2.25]).agrees).toBe(false);
  expect(compareLosses([Number.NaN, 2.25], [2.5, 2.25]).agrees).toBe(false);
});

test("a device that adds a little to every weight it is given is found out", async () => {
  const honest = await openDevice({ backend: "reference" });
  const { losses: reference } = await measure(honest);
  expect(reference).toHaveLength(CHECK_STEPS);
  const faulty: typeof honest = {
    ...honest,
    write: (name, type, data) =>
      honest.write(name, type, type.dtype === "f32" ? Float32Array.from(data, (x) => x + 0.001) : data),
  };
  expect(compareLosses((await measure(faulty)).losses, reference).agrees).toBe(false);
});

test("speeds are positive numbers", async () => {
  const { stepMs, productGflops } = await measure(await openDevice({ backend: "wasm", threads: 1 }));
  expect(stepMs).toBeGreaterThan(0);
  expect(stepMs).toBeLessThan(Number.POSITIVE_INFINITY);
  expect(productGflops).toBeGreaterThan(0);
});
