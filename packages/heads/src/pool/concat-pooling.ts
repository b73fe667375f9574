/** All tokens of a sample side by side. B batch, N tokens, D width. */
import * as tf from "@l3m/core/tf";
import { defineBlock, read, write } from "@l3m/core";
import * as z from "zod";

export const concatPooling = defineBlock({
  name: "concat-pooling",
  summary: "Concatenates the tokens of a sample: [B, N, D] to [B, N*D].",
  aliases: ["l3m.model.postprocessors.pool.ConcatPooling"],
  options: z.strictObject({}),
  ports: { x: read(null, "B N D"), y: write(null) },
  build: () => ({
    forward({ x }) {
      const [B = 0, N = 0, D = 0] = x.shape;
      return { y: tf.reshape(x, [B, N * D]) };
    },
  }),
});
