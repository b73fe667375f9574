/** A folder with the smallest CLIP experiment that is still one: generated images with captions, and a config of a few steps. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodePng } from "@l3m/data";

/** Samples of the data set. */
export const SAMPLES = 40;
/** Optimizer steps of the config, of 8 samples each; a checkpoint every 4. */
export const STEPS = 12;

export interface TinyProject {
  readonly folder: string;
  /** The config file. */
  readonly config: string;
  /** Replaces `text`, which must be in the config, and returns the number of its line. */
  edit(text: string, by: string): number;
  /** A path inside the folder. */
  file(...names: string[]): string;
  remove(): void;
}

const CONFIG = `experiment: { name: tiny, seed: 3, engine: tfjs-cpu, total_iterations: ${STEPS}, log_every: 4, checkpoint_every: 4, keep_checkpoints: 4 }
data:
  train:
    dataset: { dataset: data/image-text-folder, root: ./pairs }
    batch_size: 8
    transforms:
      - data/to-tensor
      - data/random-scale-shift
      - { transform: data/normalize, mean: 0.5, std: 0.3 }
    tokenizer: data/byte-tokenizer
    collate: { collate: data/image-text-collate, context_length: 8 }
model:
  meta_model:
    block: core/in-series-meta-models
    models:
      image_encoder:
        block: core/meta-model
        preprocessor:
          block: vision-patchify/vit-preprocessor
          read_key: image
          write_key: image_tokens
          patchifier: { module: vision-patchify/patch-embed, img_size: 8, patch_size: 4, embed_dim: 16 }
          pos_embed_type: absolute
          cls_token: false
        trunk:
          block: transformer-trunk/transformer
          read_key: image_tokens
          write_key: image_tokens
          embed_dim: 16
          num_blocks: 1
          attn_target: { attention: transformer-trunk/generic-attention, dim: 16, num_heads: 2 }
          norm_layer: { norm: core/layer-norm, eps: 1e-5 }
        postprocessor: { block: heads/gap, start: 0, read_key: image_tokens, write_key: image_embed }
        head: { block: clip-loss/clip-head, read_key: image_embed, write_key: image_embed, in_features: 16, out_features: 8, apply_temperature: true }
      text_encoder:
        block: core/meta-model
        preprocessor: { block: text-embed/cls-text-preprocessor, read_key: text, write_key: text_tokens, vocab_size: 264, embed_dim: 16, context_length: 8, cls_token: false }
        postprocessor: { block: heads/masked-mean, read_key: text_tokens, write_key: text_embed }
        head: { block: clip-loss/clip-head, read_key: text_embed, write_key: text_embed, in_features: 16, out_features: 8 }
loss: clip-loss/clip-contrastive-loss
optim:
  optimizer: { optimizer: optim/adam-w, lr: 1e-3 }
  scheduler: { schedule: optim/linear, start_value: 1e-3, end_value: 1e-4 }
  grad_clip: 1.0
`;

export async function tinyProject(): Promise<TinyProject> {
  const folder = mkdtempSync(path.join(tmpdir(), "l3m-e2e-"));
  const file = (...names: string[]): string => path.join(folder, ...names);
  mkdirSync(file("pairs", "images"), { recursive: true });
  const lines: string[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    writeFileSync(file("pairs", "images", imageName(i)), await picture(i));
    lines.push(JSON.stringify({ image: imageName(i), text: `image ${i}` }));
  }
  writeFileSync(file("pairs", "captions.jsonl"), `${lines.join("\n")}\n`);
  const config = file("tiny.yaml");
  writeFileSync(config, CONFIG);
  return {
    folder,
    config,
    file,
    edit(text, by) {
      const before = readFileSync(config, "utf8");
      const at = before.indexOf(text);
      if (at < 0) throw new Error(`the config has no "${text}"`);
      writeFileSync(config, before.replace(text, by));
      return before.slice(0, at).split("\n").length;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** File name of sample `i`. */
export function imageName(i: number): string {
  return `${String(i).padStart(2, "0")}.png`;
}

/** An 8 x 8 picture that differs from every other one. */
function picture(i: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, at) => (at * 7 * (i + 1) + i * 31) % 256);
  return encodePng({ data, shape: [8, 8, 3] });
}
