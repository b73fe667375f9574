/** The block of CONTRIBUTING.md, put where the page says, passes the test that the page shows beside it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../e2e/run-l3m.ts";
import { codeFiles } from "../code-files.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const files = codeFiles(readFileSync(path.join(ROOT, "CONTRIBUTING.md"), "utf8"));
const block = path.join(folder, "src", "pool", "max-pool.ts");
const test = path.join(folder, "test", "max-pool.test.ts");
for (const file of [block, test]) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, files.get(path.basename(file)) ?? "");
}
symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));

it("the page shows a block and its test", () => {
  expect([...files.keys()]).toEqual(["max-pool.ts", "max-pool.test.ts"]);
});

// the imported file registers its own test here
describe("the test on the page", async () => void (await import(test)));
