/** Mean of the tokens that a mask keeps. B batch, N tokens, D width. */
import * as tf from "@l3m/core/tf";
import { defineBlock, fromOption, read, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  mask_read_key: z
    .string()
    .default("text_mask")
    .describe("Key of the mask [B, N], bool or int32; true or 1 counts a token."),
  keepdim: z.boolean().default(false).describe("Result [B, 1, D] instead of [B, D]."),
});

/** `sum(mask x) / sum(mask)` over the tokens; a sample whose mask is empty gives zeros. */
export const maskedMean = defineBlock({
  name: "masked-mean",
  summary: "Mean over the tokens that a mask keeps, for sequences with padding.",
  options,
  ports: { x: read(null, "B N D"), mask: read(fromOption("mask_read_key"), "B N"), y: write(null) },
  build: ({ keepdim }) => ({
    forward({ x, mask }) {
      const weight_BN1 = tf.expandDims(tf.cast(mask, "float32"), 2);
      const count_B1 = tf.maximum(tf.sum(weight_BN1, 1, keepdim), 1);
      return { y: tf.div(tf.sum(tf.mul(x, weight_BN1), 1, keepdim), count_B1) };
    },
  }),
});
