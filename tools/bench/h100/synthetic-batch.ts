/** Batches of random content in the shapes that a config's model reads. B batch, N tokens, S side of an image. */
import type { Batch } from "@l3m/core";
import { nodesWith } from "./config-nodes.ts";

/** What the model reads: the key of images with their side, the key of token ids with their number and vocabulary. */
export interface ModelInputs {
  readonly image?: { readonly key: string; readonly size: number; readonly patch: number };
  readonly text?: {
    readonly key: string;
    /** N, ids in a sample. */
    readonly length: number;
    readonly vocabulary: number;
    /** Stands at the last place of every sample, and nowhere else. */
    readonly endOfText?: number;
    /** Key of the targets, where it is another one; they are the same ids. */
    readonly targetKey?: string;
  };
}

/** Reads the shapes off the config of a model and of its loss. */
export function modelInputs(model: unknown, loss: unknown): ModelInputs {
  const [image] = nodesWith(model, "img_size", "patch_size");
  const [text] = nodesWith(model, "vocab_size", "context_length");
  const [end] = nodesWith(model, "eos_token_id");
  const [target] = nodesWith(loss, "target_read_key");
  return {
    ...(image !== undefined && {
      image: {
        key: String(image.parent["read_key"] ?? "image"),
        size: Number(image.node["img_size"]),
        patch: Number(image.node["patch_size"]),
      },
    }),
    ...(text !== undefined && {
      text: {
        key: String(text.node["read_key"] ?? "text"),
        length: Number(text.node["context_length"]),
        vocabulary: Number(text.node["vocab_size"]),
        ...(end !== undefined && { endOfText: Number(end.node["eos_token_id"]) }),
        ...(target !== undefined && { targetKey: String(target.node["target_read_key"]) }),
      },
    }),
  };
}

/** A batch that depends on `seed` alone: normal pixels `[B, 3, S, S]`, uniform ids `[B, N]` and a mask of ones `[B, N]`. */
export function syntheticBatch(inputs: ModelInputs, size: number, seed = 1): Batch {
  const random = randomNumbers(seed);
  const tensors: Record<string, { data: Float32Array | Int32Array; shape: number[] }> = {};
  const { image, text } = inputs;
  if (image !== undefined) {
    const data = Float32Array.from({ length: size * 3 * image.size ** 2 }, () => normal(random));
    tensors[image.key] = { data, shape: [size, 3, image.size, image.size] };
  }
  if (text !== undefined) {
    const ids = text.endOfText === undefined ? text.vocabulary : Math.min(text.endOfText, text.vocabulary);
    const data = Int32Array.from({ length: size * text.length }, () => Math.floor(random() * ids));
    if (text.endOfText !== undefined)
      for (let row = 0; row < size; row++) data[(row + 1) * text.length - 1] = text.endOfText;
    tensors[text.key] = { data, shape: [size, text.length] };
    if (text.targetKey !== undefined) tensors[text.targetKey] = { data, shape: [size, text.length] };
    tensors[`${text.key}_mask`] = { data: new Int32Array(size * text.length).fill(1), shape: [size, text.length] };
  }
  return { tensors, values: {} };
}

/** Uniform in [0, 1): mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
