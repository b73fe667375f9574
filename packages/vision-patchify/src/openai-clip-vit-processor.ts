/** OpenAI CLIP's way from images to tokens: the patchifier's norm comes after class token and positions. */
import { type BuildContext, defineBlock, type ForwardContext, read, type SlotRef, write } from "@l3m/core";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { asPatchifier } from "./patchifier.ts";
import { patchSequence, patchSequenceOptions, patchSequenceSlots } from "./patch-sequence.ts";

const { pos_embed_type, cls_token } = patchSequenceOptions;

/** Options of OpenAI CLIP preprocessors. */
export const clipOptions = { pos_embed_type, cls_token };

/** Options of ml-l3m that OpenAI CLIP preprocessors take and do not use. */
export const CLIP_IGNORES = ["drop_patches", "attn_mask_read_key"] as const;

/** Declares everything of an OpenAI CLIP preprocessor; `embed` makes tokens `[B, N, D]`. */
export function clipSequence(
  options: {
    readonly pos_embed_type: "absolute" | "sincos" | null;
    readonly cls_token: boolean;
    readonly patchifier: SlotRef<"module">;
  },
  context: BuildContext,
): { readonly embed_dim: number; embed(image: Tensor, forward: ForwardContext): Tensor } {
  const sequence = patchSequence(context, options);
  const patchifier = asPatchifier(sequence.patchifier, context.where);
  return {
    embed_dim: sequence.facts.embed_dim,
    embed: (image, forward) =>
      patchifier.normalise(sequence.addPositions(sequence.prependCls(patchifier.project(image))), forward),
  };
}

export const openaiClipVitProcessor = defineBlock({
  name: "openai-clip-vit-processor",
  summary:
    "Patch projection, class token, positions, then the patchifier's norm over the whole sequence (Radford et al. 2021).",
  aliases: ["l3m.model.preprocessors.vision.OpenAICLIPViTProcessor"],
  positional: ["patchifier", "pos_embed_type"],
  ignores: CLIP_IGNORES,
  options: z.strictObject(clipOptions),
  slots: patchSequenceSlots,
  ports: { image: read(null, "B C H W", { dtype: "float32" }), tokens: write(null, "B N D") },
  build(options, context) {
    const { embed } = clipSequence(options, context);
    return { forward: ({ image }, forward) => ({ tokens: embed(image, forward) }) };
  },
});
