/** The plugin of docs/plugins.md passes its own tests, and a config names it once it is installed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildOnce, l3m, ROOT, startNode } from "../../e2e/run-l3m.ts";
import { codeFiles } from "../code-files.ts";

const folder = mkdtempSync(path.join(tmpdir(), "l3m-docs-"));
const plugin = path.join(folder, "plugin");
const project = path.join(folder, "project");
const files = codeFiles(readFileSync(path.join(ROOT, "docs", "plugins.md"), "utf8"));

beforeAll(async () => {
  await buildOnce();
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")); // what `npm install` would bring
  mkdirSync(plugin);
  for (const [name, code] of files) writeFileSync(path.join(plugin, name), code);
  mkdirSync(path.join(project, "node_modules", "@you"), { recursive: true });
  symlinkSync(plugin, path.join(project, "node_modules", "@you", "primer-ffn"));
  const dependencies = { "@l3m/cli": "*", "@you/primer-ffn": "*" };
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ private: true, dependencies }));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the page shows a whole package", () => {
  expect([...files.keys()]).toEqual(["package.json", "index.js", "test.js"]);
});

test("the plugin passes its own tests", async () => {
  const { code, stdout } = await startNode(["--test", "test.js"], { cwd: plugin }).ended;
  expect(stdout).toContain("pass 2");
  expect(code).toBe(0);
});

test("a config names it by its namespace, with no plugins: line", async () => {
  const config = path.join(project, "config.yaml");
  const trunk = "model.meta_model.models.image_encoder.trunk";
  writeFileSync(config, `extends: ${path.join(ROOT, "configs", "quickstart", "clip.yaml")}\n`);
  const overrides = [
    `+${trunk}.ffn_target=primer-ffn/squared-relu-ffn`,
    "plugins=[]",
    "data.train.dataset={dataset: data/image-text-folder, root: ./pairs}",
    "~data.train.dataset.split",
    "~data.val",
    "metrics=[]",
  ];
  const { code, stdout, stderr } = await l3m(["check", "--no-data", config, ...overrides], { cwd: project });
  expect(stderr).toBe("");
  expect(stdout).toContain("image_encoder.trunk.blocks.*.mlp.fc2.weight");
  expect(code).toBe(0);
});
