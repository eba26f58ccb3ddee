import { test } from "vitest";
import { expectAgreement } from "./agreement.ts";

/** The short form; `fuzz.prove.test.ts` has thousands. */
test("the kernels agree with the reference on 250 random programs", async () => {
  await expectAgreement(0, 250);
});
