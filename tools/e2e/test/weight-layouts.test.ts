/**
 * Weights of Hugging Face's CLIP, AIMv2 and ViT in our models: the outputs are those that `transformers` itself gave, and an
 * export in their layout gives the very file back.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DataDict } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import preset from "@l3m/preset-l3m";
import { createTraining, type Engine, exportWeights, openEngine, openExperiment, openWeights } from "@l3m/train";
import { afterAll, beforeAll, expect, it } from "vitest";

const FIXTURES = path.join(import.meta.dirname, "../../../packages/train/test/weights/fixtures");
const folder = mkdtempSync(path.join(tmpdir(), "l3m-layouts-"));
let engine: Engine;
beforeAll(async () => {
  engine = await openEngine("tfjs-cpu");
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

const trunk = (key: string, width: number, blocks: number, rest: string): string =>
  `{ block: transformer-trunk/transformer, read_key: ${key}, write_key: ${key}, embed_dim: ${width}, num_blocks: ${blocks}, post_trunk_norm: true, ${rest} }`;
const patches = (rest: string): string =>
  `{ module: vision-patchify/patch-embed, img_size: 8, patch_size: 4, embed_dim: 8, ${rest} }`;
const words = (keys: string): string =>
  `{ block: text-embed/cls-text-preprocessor, ${keys}, vocab_size: 24, embed_dim: 12, context_length: 6, cls_token: false }`;
const heads = (width: number, rest: string): string =>
  `{ attention: transformer-trunk/generic-attention, dim: ${width}, num_heads: 2, ${rest} }`;

const NORM = "{ norm: core/layer-norm, eps: 1e-5 }";
const clipTrunk = (key: string, width: number, blocks: number, attention: string): string =>
  trunk(
    key,
    width,
    blocks,
    `mlp_hidden_dim: ${2 * width}, act_layer: core/quick-gelu, norm_layer: ${NORM}, attn_target: ${heads(width, `qkv_bias: true, ${attention}`)}`,
  );
const CLIP = `
    block: core/in-series-meta-models
    models:
      image_encoder:
        block: core/meta-model
        preprocessor: { block: vision-patchify/openai-clip-vit-processor, read_key: image, write_key: image, pos_embed_type: absolute, cls_token: true, patchifier: ${patches(`use_bias: false, norm_layer: ${NORM}`)} }
        trunk: ${clipTrunk("image", 8, 2, "")}
        postprocessor: { block: heads/extract-cls, index: 0, read_key: image, write_key: image }
        head: { block: clip-loss/clip-head, read_key: image, write_key: image_embeds, in_features: 8, out_features: 4, apply_temperature: true }
      text_encoder:
        block: core/meta-model
        preprocessor: ${words("read_key: text, write_key: words")}
        trunk: ${clipTrunk("words", 12, 1, "is_causal: true")}
        postprocessor: { block: heads/extract-eos, eos_token_id: 23, read_key: words, write_key: words }
        head: { block: clip-loss/clip-head, read_key: words, write_key: text_embeds, in_features: 12, out_features: 4 }`;

const RMS = "{ norm: core/rms-norm, eps: 1e-5 }";
const aimTrunk = (key: string, width: number, blocks: number, hidden: number, attention: string): string =>
  trunk(
    key,
    width,
    blocks,
    `use_bias: false, mlp_hidden_dim: ${hidden}, norm_layer: ${RMS}, ffn_target: { ffn: core/swi-glu-ffn, multiple_of: 8 }, attn_target: ${heads(width, attention)}`,
  );
const AIMV2 = `
    block: core/in-series-meta-models
    models:
      image_encoder:
        block: core/meta-model
        preprocessor: { block: vision-patchify/vit-preprocessor, read_key: image, write_key: image_tokens, pos_embed_type: absolute, cls_token: false, patchifier: ${patches(`norm_layer: ${RMS}`)} }
        trunk: ${aimTrunk("image_tokens", 8, 2, 24, "")}
      text_encoder:
        block: core/meta-model
        preprocessor: ${words("read_key: text, write_key: text_tokens")}
        trunk: ${aimTrunk("text_tokens", 12, 1, 24, "is_causal: true")}`;

const vit = (attention: string): string => `
    block: core/meta-model
    preprocessor: { block: vision-patchify/vit-preprocessor, read_key: image, write_key: tokens, pos_embed_type: absolute, cls_token: true, patchifier: ${patches("")} }
    trunk: ${trunk("tokens", 8, 2, `mlp_hidden_dim: 16, norm_layer: { norm: core/layer-norm, eps: 1e-12 }, attn_target: { attention: ${attention}, dim: 8, num_heads: 2, qkv_bias: true }`)}
    postprocessor: { block: heads/extract-cls, index: 0, read_key: tokens, write_key: tokens }
    head: { block: heads/linear-classifier, read_key: tokens, write_key: logits, in_features: 8, out_features: 3 }`;

interface Recorded {
  readonly inputs: Readonly<Record<string, { shape: number[]; values: number[] }>>;
  readonly outputs: Readonly<Record<string, { shape: number[]; values: number[] }>>;
}

const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(path.join(FIXTURES, `${name}.json`), "utf8")) as Recorded;
const weightsOf = (name: string): string => path.join(FIXTURES, `${name}.safetensors`);

/** Outputs of the model of a config that starts from weights, and what was told about them. */
async function outputs(
  model: string,
  section: string,
  name: string,
): Promise<{ dict: DataDict; told: string[]; params: Map<string, tf.Tensor> }> {
  const file = path.join(folder, "config.yaml");
  writeFileSync(
    file,
    `experiment: { name: layouts, total_iterations: 1 }
data: { train: { dataset: { dataset: data/image-text-folder, root: ./none }, batch_size: 2 } }
model:
  ${section}
  meta_model:${model}
loss: { loss: losses/loss-wrapper, read_key: logits, target_read_key: target, base_criterion: losses/cross-entropy-loss }
optim: { optimizer: { optimizer: optim/adam-w, lr: 0.1 }, scheduler: { schedule: optim/linear, start_value: 0.1, end_value: 0.1 } }
`,
  );
  const experiment = await openExperiment(file, { preset: [...preset], overrides: [] });
  const training = createTraining(experiment, engine, undefined);
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const quiet = { info: tell, warn: tell, work: () => undefined, step: () => undefined, scores: () => undefined };
  const state = await training.initialState(quiet);
  const params = new Map([...Object.entries(state.params), ...Object.entries(state.buffers)]);
  const { image, text } = recorded(name).inputs;
  const dict: DataDict = new Map([
    ["image", tf.tensor(image?.values ?? [], image?.shape ?? [], "float32")],
    ["text", tf.tensor(text?.values ?? [], text?.shape ?? [], "int32")],
  ]);
  return { dict: training.model.forward(params, dict), told, params };
}

function expectClose(actual: unknown, expected: { shape: number[]; values: number[] } | undefined, scale = 1): void {
  const tensor = actual as tf.Tensor;
  expect(tensor.shape).toEqual(expected?.shape);
  for (const [i, value] of [...tensor.dataSync()].entries())
    expect(value).toBeCloseTo((expected?.values[i] ?? NaN) * scale, 4);
}

it("CLIP: embeddings of both towers and the temperature", async () => {
  const { dict, told, params } = await outputs(CLIP, `checkpoint: ${weightsOf("hf-clip")}`, "hf-clip");
  const { image_embeds, text_embeds, scale } = recorded("hf-clip").outputs;
  expectClose(dict.get("image_embeds"), image_embeds, scale?.values[0]);
  expectClose(dict.get("text_embeds"), text_embeds);
  expect(told.join()).toMatch(/safetensors, hf-clip/);
  expect(params.get("models.image_encoder.head.log_logit_scale")?.shape).toEqual([1]);
});

it("AIMv2: tokens of both towers", async () => {
  const section = `checkpoint: { path: ${weightsOf("hf-aimv2")}, layout: hf-aimv2, checkpoint_filters: ["vision_model.head.*", "*_projection.weight", logit_scale] }`;
  const { dict } = await outputs(AIMV2, section, "hf-aimv2");
  const { image_tokens, text_tokens } = recorded("hf-aimv2").outputs;
  expectClose(dict.get("image_tokens"), image_tokens);
  expectClose(dict.get("text_tokens"), text_tokens);
});

it.each(["transformer-trunk/generic-attention", "transformer-trunk/attention"])(
  "ViT: logits with %s",
  async (attention) => {
    const { dict } = await outputs(vit(attention), `checkpoint: ${weightsOf("hf-vit")}`, "hf-vit");
    expectClose(dict.get("logits"), recorded("hf-vit").outputs["logits"]);
  },
);

it("a new classifier: the error names both shapes, and the filter that it names leaves the old one out", async () => {
  const model = vit("transformer-trunk/attention").replace("out_features: 3", "out_features: 5");
  const error = await outputs(model, `checkpoint: ${weightsOf("hf-vit")}`, "hf-vit").catch((reason: unknown) => reason);
  expect((error as Error).message).toMatch(
    /shape +head\.linear\.weight +\[5,8\] +\[3,8\][^]*checkpoint_filters: \["classifier\.bias", "classifier\.weight"\]/,
  );
  const filters = 'checkpoint_filters: ["classifier.*"]';
  const { dict, told } = await outputs(model, `checkpoint: { path: ${weightsOf("hf-vit")}, ${filters} }`, "hf-vit");
  expect((dict.get("logits") as tf.Tensor).shape).toEqual([2, 5]);
  expect(told.join()).toContain("2 left as initialised: head.linear.");
});

it.each([
  ["hf-clip", CLIP],
  ["hf-vit", vit("transformer-trunk/generic-attention")],
  ["hf-vit", vit("transformer-trunk/attention")],
])("%s: an export gives the file back", async (layout, model) => {
  const { params } = await outputs(model, `checkpoint: ${weightsOf(layout)}`, layout);
  const own = path.join(folder, "own.safetensors");
  writeOwn(own, params);
  const to = path.join(folder, "theirs.safetensors");
  await exportWeights(own, { to, layout, overwrite: true });
  const [exported, original] = await Promise.all([openWeights(to), openWeights(weightsOf(layout))]);
  expect([...exported.weights.keys()].sort()).toEqual([...original.weights.keys()].sort());
  for (const [name, source] of original.weights) {
    const other = exported.weights.get(name);
    expect([name, other?.shape]).toEqual([name, source.shape]);
    expect(await other?.read()).toEqual(await source.read());
  }
});

it("refuses to export what a layout has no place for", async () => {
  const own = path.join(folder, "own.safetensors");
  writeOwn(own, new Map([["trunk.blocks.0.mlp.experts", tf.zeros([2])]]));
  const refused = exportWeights(own, { to: path.join(folder, "none.safetensors"), layout: "hf-vit" });
  await expect(refused).rejects.toThrow(
    /hf-vit has no place for 1 of the model's tensors[^]*trunk\.blocks\.0\.mlp\.experts/,
  );
});

/** A safetensors file of tensors of f32. */
function writeOwn(file: string, tensors: ReadonlyMap<string, tf.Tensor>): void {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, tensor] of tensors) {
    const values = Float32Array.from(tensor.dataSync());
    header[name] = { dtype: "F32", shape: tensor.shape, data_offsets: [end, (end += values.byteLength)] };
    parts.push(new Uint8Array(values.buffer));
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, ...parts]));
}
