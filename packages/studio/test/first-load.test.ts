import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { studioTest } from "./studio.ts";

/** The most that the first screen needs, without models, data and wasm, compressed as a server sends it. */
const MAX_BYTES = 300_000;

studioTest(
  "the first screen loads less than 300 KB of code and styles, those of the worker among them",
  async ({ open }) => {
    const sizes = new Map<string, number>();
    await open("draw", {
      width: 1100, // in wider windows the microscope is loaded beside the screen, once that works
      onResponse: async (response) => {
        const { pathname } = new URL(response.url());
        if (/\.(js|css|html)$|\/$/.test(pathname)) sizes.set(pathname, gzipSync(await response.body()).length);
      },
    });
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    expect(sizes.size).toBeGreaterThan(3);
    expect(total, JSON.stringify([...sizes])).toBeLessThan(MAX_BYTES);
  },
);
