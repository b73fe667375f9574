/** What a third party does: in an empty folder, the packed packages and a plugin of one's own; a config naming it trains. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readMetrics } from "@l3m/train";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packWorkspaces } from "../../checks/pack-workspaces.ts";
import { codeFiles } from "../../docs/code-files.ts";
import { buildOnce, ROOT } from "../../e2e/run-l3m.ts";
import { STEPS, tinyProject, type TinyProject } from "../../e2e/tiny-project.ts";

/** What the command needs; everything else that it names comes along as a dependency. */
const PACKAGES = [
  ...["errors", "stablehlo", "pjrt", "tfjs-kernels", "tfjs-backend-xla", "core", "vision-patchify", "text-embed"],
  ...[
    "transformer-trunk",
    "clip-loss",
    "heads",
    "optim",
    "data",
    "fsdp-mesh",
    "config",
    "train",
    "losses",
    "moe",
    "preset-l3m",
    "testing",
    "cli",
  ],
];

const project = mkdtempSync(path.join(tmpdir(), "l3m-foreign-"));
let tiny: TinyProject;
beforeAll(async () => {
  await buildOnce();
  execFileSync("npx", ["tsc", "-b"], { cwd: ROOT });
  tiny = await tinyProject();
}, 300_000);
afterAll(() => {
  rmSync(project, { recursive: true, force: true });
  tiny.remove();
});

test("an ffn of one's own trains from packed packages", { timeout: 600_000 }, () => {
  const plugin = path.join(project, "primer-ffn");
  mkdirSync(plugin);
  const files = codeFiles(readFileSync(path.join(ROOT, "docs", "plugins.md"), "utf8"));
  for (const [name, code] of files) writeFileSync(path.join(plugin, name), code);
  const packed = packWorkspaces(ROOT, PACKAGES, project);
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const { name } = JSON.parse(readFileSync(path.join(plugin, "package.json"), "utf8")) as { name: string };
  writeFileSync(
    path.join(project, "package.json"),
    JSON.stringify({ private: true, dependencies: { ...dependencies, [name]: "file:./primer-ffn" } }),
  );
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--install-links"], {
    cwd: project,
    stdio: ["ignore", "ignore", "inherit"],
  });

  cpSync(tiny.file("pairs"), path.join(project, "pairs"), { recursive: true });
  const config = readFileSync(tiny.config, "utf8").replace(
    "num_blocks: 1\n",
    "num_blocks: 1\n          ffn_target: primer-ffn/squared-relu-ffn\n",
  );
  writeFileSync(path.join(project, "tiny.yaml"), config);
  execFileSync("npx", ["l3m", "train", "tiny.yaml", "--run-dir", "run"], {
    cwd: project,
    stdio: ["ignore", "ignore", "inherit"],
  });

  const losses = readMetrics(path.join(project, "run", "metrics.jsonl")).filter((line) => "loss" in line);
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
  expect(readFileSync(path.join(project, "run", "config.resolved.yaml"), "utf8")).toContain(
    "primer-ffn/squared-relu-ffn",
  );
});
