/** A range of tokens. B batch, N tokens, D width. */
import { defineModule, formatShape, L3mError } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import * as z from "zod";

const options = z.strictObject({
  subsample_range: z
    .tuple([z.int().nonnegative(), z.int().nonnegative()])
    .refine(([start, end]) => start <= end, "a start that is not after the end")
    .describe("First token, and the token after the last."),
});

export const tokenSubSampler = defineModule({
  name: "token-sub-sampler",
  summary: "Tokens from start up to end: [B, N, D] to [B, end - start, D]; a range past the end is cut.",
  aliases: ["l3m.model.preprocessors.vision.TokenSubSampler"],
  positional: ["subsample_range"],
  options,
  build: ({ subsample_range: [start, end] }, { where }) => ({
    forward(x) {
      const [, N] = x.shape;
      if (N === undefined) {
        throw new L3mError("L3M_BAD_SHAPE", {
          message: "Tokens stand on axis 1.",
          where: { path: where },
          expected: "[B, N, ...]",
          got: formatShape(x.shape, x.dtype),
          fix: "Read tokens, not features of whole samples.",
        });
      }
      const first = Math.min(start, N);
      const begin = x.shape.map((_, axis) => (axis === 1 ? first : 0));
      const size = x.shape.map((extent, axis) => (axis === 1 ? Math.max(Math.min(end, N) - first, 0) : extent));
      return tf.slice(x, begin, size);
    },
  }),
});
