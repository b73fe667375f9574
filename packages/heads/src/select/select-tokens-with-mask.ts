/** The tokens that a mask keeps. B batch, N tokens, D width, K kept tokens of a sample. */
import * as tf from "@l3m/core/tf";
import { takeMasked } from "@l3m/core/nn";
import { defineBlock, fromOption, fromPort, L3mError, maybeReadValue, maybeWrite, read, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  mask_read_key: z.string().describe("Key of the mask, bool [B, N] or [B, N, D]; every sample keeps the same number."),
  inverted_write_key: z.string().nullish().describe("Key for what the mask drops."),
  count: z
    .int()
    .nonnegative()
    .nullish()
    .describe(
      "True entries per sample of the mask. In compiled steps, where shapes cannot depend on values, either this or <mask key>_num_true in the DataDict is needed; default: counted.",
    ),
});

/** Kept (and, if asked for, dropped) tokens in order: `[B, N, D]` to `[B, K, D]`. */
export const selectTokensWithMask = defineBlock({
  name: "select-tokens-with-mask",
  summary: "The tokens where a mask is true, and optionally the others.",
  aliases: ["l3m.model.postprocessors.select.SelectTokensWithMask"],
  positional: ["mask_read_key", "inverted_write_key"],
  options,
  ports: {
    x: read(null, "B N D"),
    mask: read(fromOption("mask_read_key"), "B N ..."),
    num_true: maybeReadValue(fromPort("mask", "_num_true")),
    y: write(null),
    dropped: maybeWrite(fromOption("inverted_write_key")),
  },
  build: ({ count, inverted_write_key }, context) => ({
    forward({ x, mask, num_true }) {
      const [B = 0, N = 0, D = 0] = x.shape;
      const perElement = mask.rank === 3;
      const items = perElement ? tf.reshape(x, [B, N * D, 1]) : x;
      const keep = tf.reshape(tf.cast(mask, "bool"), [B, perElement ? N * D : N]);
      const kept =
        count ?? (typeof num_true === "number" ? num_true : undefined) ?? countPerSample(keep, context.where);
      const total = keep.shape[1] ?? 0;
      const pick = (which: tf.Tensor, size: number): tf.Tensor =>
        tf.reshape(takeMasked(items, which, size), [B, -1, D]);
      const dropped = inverted_write_key == null ? undefined : pick(tf.logicalNot(keep), total - kept);
      return { y: pick(keep, kept), dropped };
    },
  }),
});

/** The common number of true entries per row. Reads the mask, so it works outside compiled steps only. */
function countPerSample(mask: tf.Tensor, where: string): number {
  const counts = tf.sum(tf.cast(mask, "int32"), 1).dataSync();
  const first = counts[0] ?? 0;
  if (counts.every((count) => count === first)) return first;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The mask keeps different numbers of tokens in different samples.",
    where: { path: where },
    expected: `${first} in every sample`,
    got: [...new Set(counts)].join(", "),
    fix: "Use a mask with the same number of true entries per sample.",
  });
}
