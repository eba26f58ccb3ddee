import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { expect, test } from "vitest";
import { openChromium } from "../../test/pack/chromium.ts";

/** How opaque the plane is, from 0 to 255, at a point from −1 to 1. */
const opacityAt = (x: number, y: number): string =>
  `document.getElementById("plane").getContext("2d").getImageData(${(x + 1) * 23.5}, ${(1 - y) * 23.5}, 1, 1).data[3]`;

test("the page with a worker trains on all threads and draws what was learnt", async () => {
  const root = fileURLToPath(new URL(".", import.meta.url));
  const server = await createServer({ root, logLevel: "error", server: { port: 0 } });
  const browser = await openChromium();
  try {
    await server.listen();
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", ({ message }) => faults.push(message));
    await page.goto(server.resolvedUrls!.local[0]!);
    const threads = await page.evaluate<number>("navigator.hardwareConcurrency");
    expect(await page.evaluate("globalThis.told")).toMatchObject({ backend: "wasm", threads, notices: [] });
    expect(await page.evaluate<number>(opacityAt(0, 0))).toBeGreaterThan(200);
    expect(await page.evaluate<number>(opacityAt(0.9, 0.9))).toBeLessThan(55);
    expect(await page.textContent("#loss")).toMatch(/^loss 0\.\d{4}$/);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
    await server.close();
  }
});
