import { openDevice, Rng } from "glassnet";
import { expect, test } from "vitest";
import { distance, openArena, walledArena } from "./arena.ts";
import { walk } from "./descent.ts";
import { createPolicy } from "./policy.ts";
import { examine } from "./policy-exam.ts";
import { trainPolicy } from "./policy-training.ts";
import { drawArena } from "./random-arena.ts";

test("descent on the walking distance is at most 1.05 of the shortest way in 1,000 arenas", async () => {
  const device = await openDevice({ backend: "reference" });
  const rng = Rng.seeded(77);
  const ratios: number[] = [];
  for (let k = 0; k < 1000; k++) {
    const arena = drawArena(rng, k % 13);
    if (distance(arena.start, arena.goal) < 5) continue;
    const { outcome, ratio } = await walk(arena, { loss: "walking", rate: 0.5, device });
    expect(outcome, JSON.stringify(arena)).toBe("goal");
    ratios.push(ratio!);
  }
  ratios.sort((a, b) => a - b);
  const median = ratios[Math.floor(ratios.length / 2)]!;
  console.log(
    `${ratios.length} arenas: way over shortest way, median ${median.toFixed(4)}, worst ${ratios.at(-1)!.toFixed(4)}`,
  );
  expect(ratios.at(-1)).toBeLessThanOrEqual(1.05);
});

test.each([
  ["with walls", walledArena, [1, 2, 3]],
  ["without walls", openArena, [1]],
] as const)(
  "%s, a policy reaches at least 95 % of 200 unseen goals, by ways of at most 1.15 (median)",
  async (title, arena, seeds) => {
    const device = await openDevice({ backend: "wasm", threads: 1, reproducible: true });
    for (const seed of seeds) {
      const policy = createPolicy(arena, { seed });
      const began = performance.now();
      let updates = 0;
      for await (const epoch of trainPolicy(policy, { seed, device })) updates = epoch.updates;
      const seconds = (performance.now() - began) / 1000;
      const { share, medianRatio, worstRatio } = await examine(policy, { seed, device });
      const ways = `median ${medianRatio!.toFixed(4)}, worst ${worstRatio!.toFixed(2)}`;
      const trained = `${updates} updates in ${seconds.toFixed(1)} s`;
      console.log(
        `${title}, seed ${seed}: ${(100 * share).toFixed(1)} % of 200 unseen goals, ways ${ways}; ${trained}`,
      );
      expect(share).toBeGreaterThanOrEqual(0.95);
      expect(medianRatio).toBeLessThanOrEqual(1.15);
    }
  },
);
