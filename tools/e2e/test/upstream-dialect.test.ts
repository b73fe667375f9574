/** A small config in ml-l3m's dialect, from its file to the trained model, and the same after `import-config`. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { importConfig } from "@l3m/config";
import preset from "@l3m/preset-l3m";
import { openRegistry, plainReporter, train } from "@l3m/train";
import { expect, test } from "vitest";

const folder = mkdtempSync(path.join(tmpdir(), "upstream-dialect-"));

const CONFIG = `
constants: { width: 16, side: 8, classes: 4 }
data:
  nb_classes: \${constants.classes}
  train:
    dataset:
      dataset: data/synthetic
      length: 16
      fields:
        image: { shape: [3, "\${constants.side}", "\${constants.side}"] }
        target: { shape: ["\${data.nb_classes}"], max: 0.5 }
    dataloader: { _target_: torch.utils.data.DataLoader, _partial_: true, batch_size: 4, num_workers: 0, pin_memory: true }
    collator: { _target_: torch.utils.data.default_collate, _partial_: true }
  validation:
    dataset:
      labelled: \${data.train.dataset}
      bare:
        dataset: data/synthetic
        length: 4
        fields: { image: { shape: [3, 8, 8] }, target: { shape: [4], max: 0.5 }, other: { shape: [1] } }
    dataloader: { batch_size: 4, num_workers: 0 }
model:
  meta_model:
    _target_: l3m.model.meta_models.MetaModel
    preprocessor:
      _target_: l3m.model.preprocessors.vision.ViTPreprocessor
      read_key: image
      write_key: tokens
      patchifier: { _target_: l3m.model.preprocessors.vision.PatchEmbed, img_size: "\${constants.side}", patch_size: 4, embed_dim: "\${constants.width}" }
      pos_embed_type: absolute
      cls_token: true
    trunk:
      _target_: l3m.model.trunks.transformer.Transformer
      read_key: tokens
      write_key: tokens
      embed_dim: \${constants.width}
      num_blocks: 1
      attn_target: { _target_: l3m.model.layers.attention.GenericAttention, _partial_: true, dim: "\${constants.width}", num_heads: 2 }
      ffn_target: { _target_: l3m.model.layers.ffn.SwiGLUFFN, _partial_: true, multiple_of: 8 }
    postprocessor: { _target_: l3m.model.postprocessors.select.ExtractCLS, read_key: tokens, write_key: embed, index: 0 }
    head: { _target_: l3m.model.heads.classifier.LinearClassifier, read_key: embed, write_key: logits, in_features: "\${constants.width}", out_features: "\${data.nb_classes}" }
loss:
  _target_: l3m.loss.wrappers.LossWrapper
  read_key: logits
  base_criterion: { _target_: timm.loss.SoftTargetCrossEntropy }
metrics:
  _target_: l3m.metrics.MetricsComputer
  metrics:
    - { _target_: l3m.metrics.accuracy.Accuracy, read_key: logits, topk: [1, 2] }
    - { _target_: l3m.metrics.accuracy.Accuracy, read_key: absent, topk: [1] }
optim:
  optimizer: { _target_: torch.optim.AdamW, _partial_: true, lr: 1e-2, fused: true }
  wd_exclude: ["*bias*", "*norm*"]
  scheduler: { _target_: fvcore.common.param_scheduler.CosineParamScheduler, start_value: "\${optim.optimizer.lr}", end_value: 0.0 }
experiment:
  total_iterations: 4
  test_frequency: 4
  amp_enabled: false
  dist_url: nowhere
  fsdp: { param_dtype: fp32, reduce_dtype: fp32, fsdp_activation_checkpointing: true, activation_checkpoint_template: [trunk.blocks] }
wandb: { use_wandb: true }
`;

async function losses(file: string, warnings: string[]): Promise<readonly number[]> {
  const reporter = { ...plainReporter(), info: () => undefined, warn: (line: string) => void warnings.push(line) };
  const runDir = path.join(folder, path.basename(file, ".yaml"));
  const { scores } = await train(file, { preset, reporter, runDir, engine: "tfjs-cpu" });
  expect(Object.keys(scores).filter((name) => name.startsWith("labelled/"))).toEqual([
    "labelled/loss",
    "labelled/top_1",
    "labelled/top_2",
  ]);
  const lines = readFileSync(path.join(runDir, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.flatMap((line) => {
    const { loss } = JSON.parse(line) as { loss?: number };
    return loss === undefined ? [] : [loss];
  });
}

test("trains as it is, and gives the same losses when it is imported", async () => {
  const theirs = path.join(folder, "theirs.yaml");
  writeFileSync(theirs, CONFIG);
  const warnings: string[] = [];
  const first = await losses(theirs, warnings);
  expect(first).toHaveLength(4);
  expect(warnings.join("\n")).toMatch(/dist_url has no effect/);
  expect(warnings.join("\n")).toMatch(/wandb has no effect/);
  expect(warnings.join("\n")).toMatch(/metrics\.1 is left out on "labelled"/);

  const { registry } = await openRegistry(theirs, { preset });
  const ours = path.join(folder, "ours.yaml");
  const text = importConfig(theirs, registry);
  expect(text).not.toContain("_target_");
  expect(text).toContain("${constants.width}");
  writeFileSync(ours, text.replace(/^ {2}- metric: losses\/accuracy\n {4}read_key: absent\n {4}topk: \[ 1 \]\n/m, ""));
  expect(await losses(ours, [])).toEqual(first);
});
