/** The program of docs/api.md runs. */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildOnce, ROOT, startNode } from "../../e2e/run-l3m.ts";
import { STEPS, tinyProject, type TinyProject } from "../../e2e/tiny-project.ts";
import { codeFiles } from "../code-files.ts";

let tiny: TinyProject;
beforeAll(async () => {
  await buildOnce();
  tiny = await tinyProject();
}, 300_000);
afterAll(() => {
  rmSync(tiny.file("node_modules"));
  tiny.remove();
});

test("the program trains a config and prints its scores", { timeout: 120_000 }, async () => {
  const code = codeFiles(readFileSync(path.join(ROOT, "docs", "api.md"), "utf8")).get("train.mjs") ?? "";
  writeFileSync(tiny.file("train.mjs"), code);
  symlinkSync(path.join(ROOT, "node_modules"), tiny.file("node_modules"));
  const ended = await startNode(["train.mjs", "tiny.yaml", "experiment.log_every=1"], { cwd: tiny.folder }).ended;
  expect([ended.code, ended.stderr]).toEqual([0, ""]);
  expect(ended.stdout).toContain(`${STEPS}/${STEPS} `);
  expect(ended.stdout).toContain(`true ${STEPS} {}`);
  expect(ended.stdout).toContain(`${STEPS + 1} lines of metrics`);
});
