/** Attention of a decoder over patches and then text (AIMv2, Fini et al. 2024). B batch, P patches, T text tokens, S = P + T. */
import { defineBlock, read, write } from "@l3m/core";
import { causalMask } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";
import { prefixMask } from "./prefix-mask.ts";

export const multimodalDecoderMaskBuilder = defineBlock({
  name: "multimodal-decoder-mask-builder",
  summary: "Patch mask (false = prefix) to the attention mask of patches followed by text, in which text is causal.",
  aliases: ["l3m.model.preprocessors.mask_builders.MultimodalDecoderMaskBuilder"],
  positional: ["num_patches", "num_text_tokens", "force_causal_mask"],
  options: z.strictObject({
    num_patches: z.int().positive().describe("P, patches."),
    num_text_tokens: z.int().positive().describe("T, text tokens after them."),
    force_causal_mask: z.boolean().default(false).describe("Causal throughout, whatever the patch mask says."),
  }),
  ports: { masked: read(null, "B P=num_patches", { dtype: "bool" }), allowed: write(null, "B S S", { dtype: "bool" }) },
  build({ num_patches, num_text_tokens: T, force_causal_mask }, { where }) {
    const S = num_patches + T;
    return {
      forward: ({ masked }) => ({
        allowed: force_causal_mask
          ? tf.tile(causalMask(S), [masked.shape[0] ?? 0, 1, 1])
          : prefixMask(masked, { length: S, appended: T, appendedSeeAll: false }, where),
      }),
    };
  },
});
