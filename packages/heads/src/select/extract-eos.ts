/** The end-of-text token of every sample. B batch, N tokens, D width. */
import * as tf from "@l3m/core/tf";
import { embeddingGather, iota } from "@l3m/core/nn";
import { defineBlock, fromOption, read, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  eos_token_id: z.int().default(0).describe("Id of the end-of-text token."),
  keepdim: z.boolean().default(false).describe("Result [B, 1, D] instead of [B, D]."),
  text_read_key: z.string().default("text").describe("Key of the ids [B, N]; position n belongs to token n."),
});

/** The token at the first position whose id is the end of text; at position 0 in a sample that has none. */
export const extractEos = defineBlock({
  name: "extract-eos",
  summary: "The token at the first end-of-text id of every sample.",
  aliases: ["l3m.model.postprocessors.select.ExtractEOS"],
  positional: ["eos_token_id", "keepdim", "text_read_key"],
  options,
  ports: { x: read(null, "B N D"), text: read(fromOption("text_read_key"), "B N", { dtype: "int32" }), y: write(null) },
  build: ({ eos_token_id, keepdim }) => ({
    forward({ x, text }) {
      const [B = 0, N = 0, D = 0] = x.shape;
      const none = tf.scalar(N, "int32");
      const first_B = tf.min(tf.where(tf.equal(text, tf.scalar(eos_token_id, "int32")), iota([B, N], 1), none), 1);
      const position_B = tf.where(tf.equal(first_B, none), tf.zerosLike(first_B), first_B);
      const row_B = tf.add(position_B, tf.mul(iota([B]), none));
      const token_BD = embeddingGather(tf.reshape(x, [B * N, D]), row_B);
      return { y: keepdim ? tf.expandDims(token_BD, 1) : token_BD };
    },
  }),
});
