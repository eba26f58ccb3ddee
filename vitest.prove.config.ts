import { defineConfig } from "vitest/config";
import TotalsReporter from "./test/reporter.ts";
import { conditions } from "./vitest.config.ts";

/** The long proofs: whole trainings and memory over many steps, one at a time. They may print what they measure. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["**/*.prove.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    reporters: ["default", new TotalsReporter()],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
