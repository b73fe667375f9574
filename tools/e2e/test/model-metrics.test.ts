/** Metrics that look into the model: prompts through its text tower, and the probes of a grid. Scores against the same by hand. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, buildModel, type DataDict, type Field, type HostArray, type Sample } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { HuggingFaceTokenizer, readHuggingFaceFiles } from "@l3m/data";
import preset from "@l3m/preset-l3m";
import { loadLatest, openExperiment, train } from "@l3m/train";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../run-l3m.ts";

const IMAGES = 23; // not a multiple of the batch size
const NAMES = ["cat", "red bicycle", "sea", "owl", "tram"];
const PROMPTS = ["a photo of a {}.", "{}"];

const HEAD = `experiment: { name: metrics, engine: tfjs-cpu, total_iterations: 2 }
optim: { optimizer: { optimizer: optim/adam-w, lr: 1e-2 }, scheduler: { schedule: optim/constant, value: 1e-2 } }
`;

const CLIP = `${HEAD}
data:
  train: { batch_size: 4, dataset: &pairs { dataset: data/synthetic, length: ${IMAGES}, fields: { image: { shape: [3, 4, 4], min: -1 }, text: { shape: [9], dtype: int32, max: 1024 }, target: { shape: [], dtype: int32, max: ${NAMES.length} } } } }
  val: { shapes: { batch_size: 4, dataset: *pairs } }
model:
  meta_model:
    block: core/in-series-meta-models
    models:
      image_encoder:
        block: core/meta-model
        preprocessor: { block: vision-patchify/vit-preprocessor, read_key: image, write_key: image_tokens, pos_embed_type: absolute, cls_token: false, patchifier: { module: vision-patchify/patch-embed, img_size: 4, patch_size: 2, embed_dim: 16 } }
        postprocessor: { block: heads/gap, start: 0, read_key: image_tokens, write_key: image_embed }
        head: { block: clip-loss/clip-head, read_key: image_embed, write_key: image_embed, in_features: 16, out_features: 8, apply_temperature: true }
      captions:
        block: core/meta-model
        preprocessor: { block: text-embed/cls-text-preprocessor, read_key: text, write_key: text_tokens, vocab_size: 1024, embed_dim: 16, context_length: 9, cls_token: false }
        postprocessor: { block: heads/gap, start: 0, read_key: text_tokens, write_key: text_embed }
        head: { block: clip-loss/clip-head, read_key: text_embed, write_key: text_embed, in_features: 16, out_features: 8 }
loss: clip-loss/clip-contrastive-loss
metrics:
  - { metric: clip-loss/clip-accuracy, topk: [1, 3], text_model: captions, class_names: ./names.txt, templates: ${JSON.stringify(PROMPTS)}, tokenizer: { tokenizer: data/hf-tokenizer, tokenizer_name: ./tokenizer.json, context_length: 9 } }
`;

const PROBES = `${HEAD}
data:
  train: { batch_size: 4, dataset: &labelled { dataset: data/synthetic, length: ${IMAGES}, fields: { features: { shape: [6], min: -1 }, target: { shape: [], dtype: int32, max: 4 } } } }
  val: { held-out: { batch_size: 4, dataset: *labelled } }
model:
  meta_model:
    block: core/meta-model
    head: { block: heads/probe-hparam-search-wrapper, lr_grid: [0.1, 0.001], head: { block: heads/linear-classifier, read_key: features, write_key: logits, in_features: 6, out_features: 4 } }
loss: { loss: losses/multi-head-loss-wrapper, read_key: logits, base_criterion: losses/cross-entropy-loss }
metrics:
  - { metric: losses/accuracy, read_key: logits, topk: [1, 2], hparam_pattern: HP_ }
`;

const folder = mkdtempSync(path.join(tmpdir(), "l3m-metrics-"));
const file = (name: string): string => path.join(folder, name);
const silent = {
  info: () => undefined,
  warn: () => undefined,
  work: () => undefined,
  step: () => undefined,
  scores: () => undefined,
};

beforeAll(() => {
  writeFileSync(file("names.txt"), `${NAMES.join("\n")}\n`);
  cpSync(path.join(ROOT, "configs/quickstart/tokenizer.json"), file("tokenizer.json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Trains the config; gives its scores, the samples it was validated on, and the trained model for one sample. */
async function trained(config: string) {
  writeFileSync(file("config.yaml"), config);
  const runDir = mkdtempSync(file("run-"));
  const { scores } = await train(file("config.yaml"), { preset, runDir, reporter: silent, cacheDir: file("cache") });
  const experiment = await openExperiment(file("config.yaml"), { preset });
  const checkpoint = await loadLatest(path.join(runDir, "checkpoints"), () => undefined);
  const values = new Map<string, tf.Tensor>();
  await tf.setBackend("cpu");
  for (const [name, source] of checkpoint?.tensors ?? []) {
    const data = await source.read();
    if (name.startsWith("model/")) values.set(name.slice("model/".length), tf.tensor(data, [...source.shape]));
  }
  const { registry, config: resolved } = experiment;
  const dataset = build(registry, "dataset", resolved.data.train.dataset).product;
  const model = buildModel(registry, resolved.model.meta_model);
  const samples = await Promise.all(Array.from({ length: IMAGES }, async (_, i) => dataset.get(i, NO_RNG)));
  return {
    scores,
    samples,
    /** The DataDict after the model has seen these entries. */
    see: (entries: Sample): DataDict =>
      model.forward(
        values,
        new Map(Object.entries(entries).map(([key, field]) => [key, batchOfOne(field as HostArray)])),
      ),
  };
}

const NO_RNG = { uint32: () => 0, float: () => 0, below: () => 0, fork: () => NO_RNG };

function batchOfOne({ data, shape }: HostArray): tf.Tensor {
  return tf.tensor(data, [1, ...shape], data instanceof Int32Array ? "int32" : "float32");
}

/** Percentage of samples whose class is among the first k when the classes are sorted by score. */
function accuracy(scores: readonly (readonly number[])[], samples: readonly Sample[], k: number): number {
  const right = scores.filter((row, i) => {
    const order = [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number));
    return order.slice(0, k).includes((samples[i]?.["target"] as HostArray).data[0] as number);
  });
  return (100 * right.length) / samples.length;
}

const vector = (dict: DataDict, key: string): number[] => [...(dict.get(key) as tf.Tensor).dataSync()];
const unit = (x: readonly number[]): number[] => x.map((value) => value / Math.hypot(...x));
const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, a, i) => sum + a * (y[i] as number), 0);

it("clip-accuracy classifies by the prompts that the trained text tower embeds", async () => {
  const { scores, samples, see } = await trained(CLIP);
  const tokenizer = new HuggingFaceTokenizer(
    readHuggingFaceFiles(file("tokenizer.json"), (name) => name),
    { contextLength: 9 },
  );
  const image = samples[0]?.["image"] as Field;
  const classes = NAMES.map((name) => {
    const rows = tokenizer.rows(PROMPTS.map((prompt) => prompt.replace("{}", name)));
    const [a = [], b = []] = rows.map((row) =>
      unit(vector(see({ image, text: { data: Int32Array.from(row), shape: [9] } }), "text_embed")),
    );
    return a.map((value, i) => value + (b[i] as number));
  }).map(unit);
  const byHand = samples.map((sample) => {
    const embedding = vector(see(sample), "image_embed");
    return classes.map((name) => dot(embedding, name));
  });
  for (const k of [1, 3]) expect(scores[`shapes/zero_shot_top_${k}`]).toBeCloseTo(accuracy(byHand, samples, k), 4);
});

it("accuracy scores every probe of a grid", async () => {
  const { scores, samples, see } = await trained(PROBES);
  for (const probe of ["HP_LR_0,1_BN_False", "HP_LR_0,001_BN_False"]) {
    const byHand = samples.map((sample) => [
      ...((see(sample).get(probe) as Record<string, tf.Tensor>)["logits"] as tf.Tensor).dataSync(),
    ]);
    for (const k of [1, 2]) expect(scores[`held-out/${probe}_top_${k}`]).toBeCloseTo(accuracy(byHand, samples, k), 4);
  }
});

it("a file of class names that is not there ends the run before it begins", async () => {
  writeFileSync(file("config.yaml"), CLIP.replace("./names.txt", "./nothing.txt"));
  const runDir = mkdtempSync(file("run-"));
  const run = train(file("config.yaml"), { preset, runDir, reporter: silent, cacheDir: file("cache") });
  await expect(run).rejects.toMatchObject({ code: "L3M_DATA_NOT_FOUND" });
  await expect(run).rejects.toThrow(path.join(folder, "nothing.txt"));
});
