import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { studioTest } from "./studio.ts";

/** The most that the first screen needs, without models, data and wasm, compressed as a server sends it. */
const MAX_BYTES = 300_000;

studioTest(
  "the first screen, the microscope beside it and the worker load less than 300 KB of code and styles",
  async ({ open }) => {
    const sizes = new Map<string, number>();
    const heard: Promise<void>[] = [];
    const page = await open("draw", {
      width: 1440,
      height: 900,
      onResponse: (response) => {
        const { pathname } = new URL(response.url());
        const note = async (): Promise<void> => {
          sizes.set(pathname, gzipSync(await response.body()).length);
        };
        if (/\.(js|css|html)$|\/$/.test(pathname)) heard.push(note());
        return Promise.resolve();
      },
    });
    await page.locator(".inspector [role=tablist]").waitFor(); // the microscope comes once the screen works
    await page.waitForLoadState("networkidle");
    await Promise.all(heard);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const listed = [...sizes].map(([path, size]) => `${path} ${size}`).join("\n");
    expect(listed).toMatch(/\/inspector-.*\.js/);
    expect(listed).toMatch(/\/entry-.*\.js/); // the worker's
    expect(total, listed).toBeLessThan(MAX_BYTES);
  },
);
