import { expect, test } from "vitest";
import { openReference } from "../src/backends/reference/device.ts";
import { openWasm } from "../src/backends/wasm/open.ts";
import { booksOf, decide, learn } from "./profit.ts";

test("on made-up books the network finds an inner optimum that earns nearly the most, the linear model runs to the bounds", async () => {
  const device = await openWasm({ relaxed: false, threads: 1 });
  for (const seed of [0, 1]) {
    const books = booksOf(seed);
    const network = await decide(await learn(books, 16, seed, device), books);
    expect(network.regret, `seed ${seed}`).toBeGreaterThanOrEqual(0);
    expect(network.regret, `seed ${seed}`).toBeLessThan(0.02);
    expect(network.found).toMatchObject({ reason: "flat", atBounds: [], warnings: [] });
    const line = await decide(await learn(books, 0, seed, openReference()), books);
    expect(line.found.reason).toBe("bound");
    expect(line.found.atBounds.map(({ name }) => name)).toEqual(["price", "marketing"]);
    expect(line.regret).toBeGreaterThan(5 * network.regret);
  }
});
