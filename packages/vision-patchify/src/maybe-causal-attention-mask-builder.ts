/** Causal or full attention, sample by sample. B batch, S tokens. */
import { defineBlock, read, write } from "@l3m/core";
import { causalMask } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";

export const maybeCausalAttentionMaskBuilder = defineBlock({
  name: "maybe-causal-attention-mask-builder",
  summary: "A selector per sample to attention masks: causal where it is 1 (or true), full where it is anything else.",
  aliases: ["l3m.model.preprocessors.mask_builders.MaybeCausalAttentionMaskBuilder"],
  positional: ["seq_len", "cls_token"],
  options: z.strictObject({
    seq_len: z.int().positive().describe("Tokens without the class token."),
    cls_token: z.boolean().default(true).describe("The sequence has a class token."),
  }),
  ports: { selector: read(null, "B"), allowed: write(null, "B S S", { dtype: "bool" }) },
  build: ({ seq_len, cls_token }) => {
    const S = seq_len + (cls_token ? 1 : 0);
    return {
      forward({ selector }) {
        const isFull_B11 = tf.reshape(tf.notEqual(tf.cast(selector, "float32"), 1), [-1, 1, 1]);
        return { allowed: tf.logicalOr(causalMask(S), isFull_B11) };
      },
    };
  },
});
