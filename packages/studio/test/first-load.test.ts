import { gzipSync } from "node:zlib";
import { expect } from "vitest";
import { studioTest } from "./studio.ts";

/** The most that the first screen may load before models, data and wasm, compressed as a server sends it. */
const MAX_BYTES = 300_000;

studioTest(
  "the first screen loads less than 300 KB of code and styles, those of the worker among them",
  async ({ open }) => {
    const sizes = new Map<string, number>();
    await open("draw", {
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
