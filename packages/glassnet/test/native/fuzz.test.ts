import { expect, test } from "vitest";
import type { NativeAddon } from "../../src/backends/native/addon.ts";
import { loadNative } from "../../src/node/load-native.ts";
import { fuzz } from "./fuzz.ts";

const found = loadNative();

test.skipIf("reason" in found)("calls that nobody means are refused, or do what they say", () => {
  const { addon } = found as { addon: NativeAddon };
  const seed = 1;
  const { refused, run } = fuzz(addon, seed, 20_000);
  expect(refused, `seed ${seed}`).toBeGreaterThan(4000);
  expect(run, `seed ${seed}`).toBeGreaterThan(1000);
});
