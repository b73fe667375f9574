/** Prefix attention from the length of the prefix alone. B batch, N tokens. */
import { defineBlock, read, write } from "@l3m/core";
import { causalMask, iota } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";

export const flexAttnPrefixAttentionMaskBuilder = defineBlock({
  name: "flex-attn-prefix-attention-mask-builder",
  summary:
    "Patch mask to attention mask by the number of false entries, which is taken for the length of a prefix at the start.",
  aliases: ["l3m.model.preprocessors.mask_builders.FlexAttnPrefixAttentionMaskBuilder"],
  options: z.strictObject({}),
  ports: { masked: read(null, "B N", { dtype: "bool" }), allowed: write(null, "B N N", { dtype: "bool" }) },
  build: () => ({
    forward({ masked }) {
      const N = masked.shape[1] ?? 0;
      const prefix_B1 = tf.sum(tf.cast(tf.logicalNot(masked), "int32"), 1, true);
      const inPrefix_B1N = tf.less(iota([1, 1, N], 2), tf.expandDims(prefix_B1, 2));
      return { allowed: tf.logicalOr(causalMask(N), inPrefix_B1N) };
    },
  }),
});
