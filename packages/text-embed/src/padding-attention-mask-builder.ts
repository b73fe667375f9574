/** Causal attention that keeps text and padding apart. B batch, N tokens. */
import { defineBlock, read, write } from "@l3m/core";
import { causalMask } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";

export const paddingAttentionMaskBuilder = defineBlock({
  name: "padding-attention-mask-builder",
  summary:
    "Padding mask (true = padding) to attention mask: tokens see the tokens before them, padding the padding before it.",
  aliases: ["l3m.model.preprocessors.mask_builders.PaddingAttentionMaskBuilder"],
  options: z.strictObject({}),
  ports: { padding: read(null, "B N", { dtype: "bool" }), allowed: write(null, "B N N", { dtype: "bool" }) },
  build: () => ({
    forward({ padding }) {
      const isAlike_BNN = tf.equal(tf.expandDims(padding, 2), tf.expandDims(padding, 1));
      return { allowed: tf.logicalAnd(isAlike_BNN, causalMask(padding.shape[1] ?? 0)) };
    },
  }),
});
