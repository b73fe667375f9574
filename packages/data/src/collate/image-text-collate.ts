/** Collation of images with captions. B samples, N the context length. */
import { type Batch, defineCollate, type Sample, slot, type Tokenizer } from "@l3m/core";
import { z } from "zod";
import { wrongField } from "../tensor-field.ts";
import { padText } from "../text/pad-text.ts";
import { stackSamples } from "./default-collate.ts";

/**
 * Stacks all fields as {@link stackSamples} does, and turns the captions under `key` into int32 `[B, N]` ids under the same
 * name and a mask int32 `[B, N]` under `<key>_mask` (1 on tokens and on the end of text, 0 on padding). The captions
 * themselves stay as the value `caption`.
 */
export function collateImageText(
  samples: readonly Sample[],
  tokenizer: Tokenizer,
  contextLength: number,
  key: string,
): Batch {
  const captions = samples.map((sample) => {
    const caption = sample[key];
    if (typeof caption !== "string") throw wrongField("data/image-text-collate", key, "a string", caption);
    return caption;
  });
  const { ids, mask } = padText(captions, tokenizer, contextLength);
  const shape = [samples.length, contextLength];
  const { tensors, values } = stackSamples(samples.map((sample) => ({ ...sample, [key]: "" })));
  const rest = Object.entries(values).filter(([name]) => name !== key);
  return {
    tensors: { ...tensors, [key]: { data: ids, shape }, [`${key}_mask`]: { data: mask, shape } },
    values: { ...Object.fromEntries(rest), caption: captions },
  };
}

/** The collate `data/image-text-collate`. */
export const imageTextCollate = defineCollate({
  name: "image-text-collate",
  summary: "Stacks images and tokenises captions into padded rows with a mask.",
  options: z.strictObject({
    context_length: z.int().positive().describe("N, tokens per caption, the end of text included."),
    text_key: z.string().default("text").describe("Key of the captions, and of the ids; the mask is <text_key>_mask."),
  }),
  slots: { tokenizer: slot("tokenizer") },
  build({ context_length: contextLength, text_key: key, tokenizer: ref }, context) {
    const tokenizer = context.child("tokenizer", ref);
    return (samples) => collateImageText(samples, tokenizer, contextLength, key);
  },
});
