import { describe, expect, test } from "vitest";
import type { NativeAddon } from "../../src/backends/native/addon.ts";
import { loadNative } from "../../src/node/load-native.ts";
import { fuzz } from "./fuzz.ts";

const variants = ["avx512", "avx2", "sse2", "neon"].flatMap((variant) => {
  const found = loadNative(variant);
  return "reason" in found ? [] : [[variant, found.addon as NativeAddon] as const];
});

describe.skipIf(variants.length === 0)("a million calls that nobody means", () => {
  test.each(variants)("of %s", (variant, addon) => {
    const seed = 1 + (Date.now() % 1e9);
    const tally = fuzz(addon, seed, 1_000_000);
    console.log(`${variant}, seed ${seed}:`, tally);
    expect(tally.refused).toBeGreaterThan(100_000);
    expect(tally.run).toBeGreaterThan(50_000);
  });
});
