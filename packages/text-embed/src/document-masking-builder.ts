/** Causal attention inside each document of a packed row. B batch, N tokens. */
import { defineBlock, read, write } from "@l3m/core";
import { causalMask } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";

export const documentMaskingBuilder = defineBlock({
  name: "document-masking-builder",
  summary: "Document ids int32 [B, N] to attention mask: tokens see the tokens before them that have the same id.",
  aliases: ["l3m.model.preprocessors.mask_builders.DocumentMaskingBuilder"],
  options: z.strictObject({}),
  ports: { documents: read(null, "B N", { dtype: "int32" }), allowed: write(null, "B N N", { dtype: "bool" }) },
  build: () => ({
    forward({ documents }) {
      const isSame_BNN = tf.equal(tf.expandDims(documents, 2), tf.expandDims(documents, 1));
      return { allowed: tf.logicalAnd(isSame_BNN, causalMask(documents.shape[1] ?? 0)) };
    },
  }),
});
