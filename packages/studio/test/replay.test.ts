import { readFileSync } from "node:fs";
import { openDevice } from "glassnet";
import { expect } from "vitest";
import { coreHandlers } from "../src/worker/core/index.ts";
import { Session } from "../src/worker/session.ts";
import { initialSettings } from "../src/workspace/settings.ts";
import { studioTest } from "./studio.ts";

const SEED = 2026;
const STEPS = 5;

/** The same training in Node, on the same built-in digits. */
async function inNode(): Promise<Buffer> {
  const device = await openDevice({ backend: "wasm", reproducible: true, threads: 1 });
  const assets = async (path: string) => readFileSync(new URL(`../public/${path}`, import.meta.url));
  const session = await Session.open({ device, assets });
  await session.configure({ ...initialSettings, seed: SEED });
  for (let step = 0; step < STEPS; step++) {
    session.run("step");
    await session.idle();
  }
  const bytes = await coreHandlers.save(session);
  await session.close();
  return Buffer.from(bytes);
}

studioTest("a training from a seed gives the same bits in the browser and in Node", async ({ open }) => {
  const page = await open("train");
  const seed = page.getByRole("textbox", { name: "Seed" });
  await seed.fill(String(SEED));
  await seed.press("Enter");
  for (let step = 1; step <= STEPS; step++) {
    await page.getByRole("button", { name: "One step" }).click();
    await page.waitForFunction((n) => document.querySelector(".readout dd")?.textContent === n, String(step));
  }
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the model" }).click();
  const saved = readFileSync(await (await downloading).path());
  expect(saved.equals(await inNode())).toBe(true);
});
