import { defineConfig } from "vitest/config";
import TotalsReporter from "./test/reporter.ts";

/** Packages resolve to their sources, so no test runs on a stale build. */
export const conditions = ["@glassnet/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "examples/**/*.test.ts",
      "test/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.prove.test.ts"],
    setupFiles: ["test/setup.ts"],
    reporters: ["default", new TotalsReporter()],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000, // tests hold no timing limits; this only ends one that hangs
    hookTimeout: 120_000,
  },
});
