/**
 * Ends a vitest run with `N passed, N failed` alone on a line. Files that do not load and errors outside of tests
 * count as failures. With `L3M_TEST_COUNTS=FILE`, the two numbers are appended to that file instead (.ci/run adds up
 * several runs).
 */
import { appendFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const counts = countResults(modules, unhandledErrors.length);
    const file = process.env["L3M_TEST_COUNTS"];
    if (file === undefined) {
      // other reporters print their summary in the same event; the closing line comes after them
      process.once("exit", () => console.log(formatCounts(counts)));
    } else {
      appendFileSync(file, `${counts.passed} ${counts.failed}\n`);
    }
  }
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `3 passed, 0 failed`, with `, 1 skipped` when some were. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

function countResults(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const count = (state: "passed" | "failed" | "skipped") =>
    tests.filter((test) => test.result().state === state).length;
  const broken = modules.filter((module) => !module.ok() && ![...module.children.allTests("failed")].length).length;
  return { passed: count("passed"), failed: count("failed") + broken + unhandledErrors, skipped: count("skipped") };
}
