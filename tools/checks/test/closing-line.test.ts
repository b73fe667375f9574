/** `npm test` ends with a line that people and CI read; tried on real vitest runs of small suites. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "l3m-closing-line-"));
symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
afterAll(() => rmSync(folder, { recursive: true }));

function runSuite(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
  const suite = mkdtempSync(join(folder, "suite-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(suite, name), text);
  const reporter = join(root, "tools", "checks", "closing-line-reporter.ts");
  const args = [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--root",
    suite,
    "--reporter",
    "default",
    "--reporter",
    reporter,
  ];
  const { L3M_TEST_COUNTS: _outer, VITEST: _vitest, ...inherited } = process.env;
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...inherited, ...env } });
  return { status, lastLine: stdout.trimEnd().split("\n").at(-1) };
}

const HEAD = 'import { expect, test } from "vitest";\n';
const GOOD = `${HEAD}test("a", () => {}); test("b", () => {}); test.skip("c", () => {});`;

test("passing tests: exit code 0, skipped ones named", () => {
  expect(runSuite({ "good.test.js": GOOD })).toEqual({ status: 0, lastLine: "2 passed, 0 failed, 1 skipped" });
});

test("a failing test, a file that does not load and a rejection nobody handles all count as failed", () => {
  const result = runSuite({
    "good.test.js": GOOD,
    "bad.test.js": `${HEAD}test("d", () => expect(1).toBe(2));`,
    "broken.test.js": 'import "./nothing-here.js";',
    "unhandled.test.js": `${HEAD}test("e", () => void Promise.reject(new Error("lost")));`,
  });
  expect(result).toEqual({ status: 1, lastLine: "3 passed, 3 failed, 1 skipped" });
});

test("with L3M_TEST_COUNTS the numbers go to the file", () => {
  const file = join(folder, "counts");
  const { lastLine } = runSuite({ "good.test.js": GOOD }, { L3M_TEST_COUNTS: file });
  expect(lastLine).not.toContain("2 passed, 0 failed");
  expect(readFileSync(file, "utf8")).toBe("2 0\n");
});
