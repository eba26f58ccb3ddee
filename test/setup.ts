import { afterAll, afterEach } from "vitest";

/**
 * Output and warnings fail a test. A test that expects output declares it by replacing the method first:
 *
 *   const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
 */
let unexpected: string[] = [];

for (const method of ["debug", "dir", "error", "info", "log", "table", "trace", "warn"] as const) {
  console[method] = (...values: readonly unknown[]) => {
    unexpected.push(`console.${method}: ${values.map(String).join(" ")}`);
  };
}

process.on("warning", (warning) => unexpected.push(`warning: ${warning.name}: ${warning.message}`));

function expectSilence(): void {
  const lines = unexpected;
  unexpected = [];
  if (lines.length > 0) throw new Error(`unexpected output:\n${lines.join("\n")}`);
}

afterEach(expectSilence);
afterAll(expectSilence);
