/** Every package says what it is in a README whose example runs and prints what it says, and carries the licence. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAll } from "../build-all.ts";
import { ROOT, startNode } from "../../e2e/run-l3m.ts";
import { readPackages } from "../../package-graph/packages.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-readmes-"));
const packages = readPackages(ROOT).filter(({ isPrivate }) => !isPrivate);
const read = (...names: string[]): string => readFileSync(path.join(ROOT, ...names), "utf8");

beforeAll(async () => {
  await buildAll();
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")); // what `npm install` would bring
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

test.each(packages.map((entry) => entry.folder))("@l3m/%s", async (name) => {
  expect(read("packages", name, "LICENSE")).toBe(read("LICENSE"));
  const page = read("packages", name, "README.md");
  expect(page.startsWith(`# @l3m/${name}\n`)).toBe(true);
  for (const [, program = ""] of page.matchAll(/^```js\n([\s\S]*?)^```/gm)) {
    writeFileSync(path.join(folder, `${name}.mjs`), program);
    const { code, stdout, stderr } = await startNode([`${name}.mjs`], { cwd: folder }).ended;
    expect(code, stderr).toBe(0);
    const printed = stdout.split("\n");
    for (const [, line = ""] of program.matchAll(/\/\/ -> (.*)$/gm)) expect(printed).toContain(line);
  }
});
