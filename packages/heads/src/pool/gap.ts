/** Global average pooling. B batch, N tokens, D width. */
import * as tf from "@l3m/core/tf";
import { defineBlock, read, write } from "@l3m/core";
import * as z from "zod";
import { slicePython } from "../select/slice-python.ts";

const options = z.strictObject({
  start: z
    .int()
    .default(1)
    .describe("First token; the default leaves a class token out. Negative counts from the end."),
  end: z.int().nullish().describe("Token after the last one; default to the end."),
  dim: z.int().default(1).describe("Axis of the mean; the tokens are always cut on axis 1."),
  keepdim: z.boolean().default(false).describe("Keep the averaged axis with size 1."),
});

export const gap = defineBlock({
  name: "gap",
  summary: "Mean over the tokens [start, end).",
  aliases: ["l3m.model.postprocessors.pool.GAP"],
  positional: ["start", "end", "dim", "keepdim"],
  options,
  ports: { x: read(null, "B N ..."), y: write(null) },
  build: ({ start, end, dim, keepdim }) => ({
    forward: ({ x }) => ({ y: tf.mean(slicePython(x, 1, start, end ?? undefined), dim, keepdim) }),
  }),
});
