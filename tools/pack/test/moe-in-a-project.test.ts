/** What somebody does who wants experts: `npm install @l3m/cli @l3m/moe` in an empty project, and one line in the trunk of a ViT. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { readMetrics } from "@l3m/train";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyProject, type EmptyProject } from "../empty-project.ts";

const STEPS = 6;
const VIT = `experiment: { name: vit, seed: 1, engine: tfjs-cpu, total_iterations: ${STEPS}, log_every: 1 }
data:
  train:
    batch_size: 8
    dataset:
      dataset: data/synthetic
      fields: { image: { shape: [3, 8, 8], min: -2, max: 2 }, target: { shape: [], dtype: int32, max: 4 } }
model:
  meta_model:
    block: core/meta-model
    preprocessor:
      block: vision-patchify/vit-preprocessor
      read_key: image
      write_key: image_tokens
      patchifier: { module: vision-patchify/patch-embed, img_size: 8, patch_size: 4, embed_dim: 16 }
      pos_embed_type: absolute
      cls_token: true
    trunk:
      block: transformer-trunk/transformer
      read_key: image_tokens
      write_key: image_tokens
      embed_dim: 16
      num_blocks: 2
      attn_target: { attention: transformer-trunk/generic-attention, dim: 16, num_heads: 2 }
      ffn_target: { ffn: moe/moe, num_experts: 4, num_layers: 2, multiple_of: 8, load_balancing_loss_weight: 0.01 }
    postprocessor: { block: heads/extract-cls, read_key: image_tokens, write_key: image_embed }
    head: { block: heads/linear-classifier, read_key: image_embed, write_key: logits, in_features: 16, out_features: 4 }
loss:
  loss: losses/multi-loss-wrapper
  criteria: [{ loss: losses/loss-wrapper, read_key: logits, base_criterion: losses/cross-entropy-loss }, moe/load-balancing-loss]
  criteria_weights: [1, 1]
optim:
  optimizer: { optimizer: optim/adam-w, lr: 1e-2 }
  scheduler: { schedule: optim/constant, value: 1e-2 }
`;

const run = promisify(execFile);
let installed: EmptyProject;
let project: string;

beforeAll(async () => {
  installed = await emptyProject();
  project = installed.folder;
  writeFileSync(path.join(project, "vit.yaml"), VIT);
}, 300_000);
afterAll(() => installed.remove());

test("a ViT whose blocks name moe/moe trains", { timeout: 600_000 }, async () => {
  await run("npm", ["install", "@l3m/cli", "@l3m/moe", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: project,
  });
  const { dependencies } = JSON.parse(readFileSync(path.join(project, "package.json"), "utf8")) as {
    dependencies: object;
  };
  expect(Object.keys(dependencies)).toEqual(["@l3m/cli", "@l3m/moe"]);

  await run("npx", ["l3m", "train", "vit.yaml", "--run-dir", "run"], { cwd: project });
  const lines = readMetrics(path.join(project, "run", "metrics.jsonl")).filter((line) => "loss" in line);
  expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
  for (const line of lines) {
    expect(line["loss"]).toBeGreaterThan(0);
    expect(line["moe/load_balancing_loss"]).toBeGreaterThan(0.005); // its weight when experts share the tokens evenly
    expect(line["moe/load_balancing_loss"]).toBeLessThan(0.04); // its weight times the experts when one gets them all
  }
});
