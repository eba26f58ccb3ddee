import { test } from "vitest";
import { expectAgreement, expectNothingOutside } from "./agreement.ts";

// In parts, so that none meets the runner's limit.
test.each([0, 1, 2, 3, 4, 5, 6, 7])(
  "random programs agree with the reference: the %i. thousand",
  async (part) => {
    await expectAgreement(10_000 + 1000 * part, 11_000 + 1000 * part);
  },
  600_000,
);

test.each([0, 1])(
  "random programs touch nothing but their buffers, on one thread and on three: the %i. 500",
  async (part) => {
    await expectNothingOutside(20_000 + 500 * part, 20_500 + 500 * part);
  },
  600_000,
);
