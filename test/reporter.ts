import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Ends the run with one plain line. What fails outside any test counts as one failure, so the line never flatters. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const totals = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) totals[test.result().state]++;
      for (const suite of module.children.allSuites()) totals.failed += suite.errors().length;
      totals.failed += module.errors().length;
    }
    const skipped = totals.skipped + totals.pending; // pending: never reached, because the run was stopped
    const line = `tests: ${totals.passed} passed, ${totals.failed} failed, ${skipped} skipped`;
    process.once("exit", () => console.log(line));
  }
}
