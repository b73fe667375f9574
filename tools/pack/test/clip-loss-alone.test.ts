/** What somebody does who wants one package: `npm install @l3m/clip-loss` in an empty project, by its name, from a registry. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyProject, type EmptyProject } from "../empty-project.ts";

const run = promisify(execFile);
let installed: EmptyProject;
let project: string;

beforeAll(async () => {
  installed = await emptyProject();
  project = installed.folder;
}, 300_000);
afterAll(() => installed.remove());

test("npm brings what it needs and nothing else of ours; it imports and computes", { timeout: 300_000 }, async () => {
  await run("npm", ["install", "@l3m/clip-loss", "@tensorflow/tfjs-backend-cpu@4.22.0", "--no-audit", "--no-fund"], {
    cwd: project,
  });
  expect(readdirSync(path.join(project, "node_modules", "@l3m")).sort()).toEqual([
    "clip-loss",
    "core",
    "errors",
    "tfjs-kernels",
  ]);
  for (const file of ["README.md", "LICENSE", "dist/index.d.ts"]) {
    expect(existsSync(path.join(project, "node_modules", "@l3m", "clip-loss", file)), file).toBe(true);
  }
  const program = `
    import "@tensorflow/tfjs-backend-cpu";
    import { buildLoss, corePlugin, evalContext, Registry } from "@l3m/core";
    import * as tf from "@l3m/core/tf";
    import clipLoss from "@l3m/clip-loss";
    await tf.setBackend("cpu");
    const loss = buildLoss(new Registry([corePlugin, clipLoss]), "clip-loss/clip-contrastive-loss", { where: "loss" });
    const same = tf.tensor2d([[1, 0], [0, 1]]);
    const dict = new Map([["image_embed", same], ["text_embed", same], ["logit_scale", tf.tensor1d([1])]]);
    console.log((await loss.forward(dict, evalContext()).loss.data())[0]);
  `;
  writeFileSync(path.join(project, "program.js"), program);
  const { stdout } = await run(process.execPath, ["program.js"], { cwd: project });
  // cross-entropy of the rows [1, 0] and [0, 1] with the diagonal as target: log(1 + e^-1), in both directions
  expect(Number(stdout.trim().split("\n").at(-1))).toBeCloseTo(Math.log(1 + Math.exp(-1)), 5);
});
