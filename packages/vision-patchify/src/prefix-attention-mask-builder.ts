/** Prefix attention of one image. B batch, N patches (and a class token), R registers, S = N + R tokens. */
import { defineBlock, read, write } from "@l3m/core";
import * as z from "zod";
import { prefixMask } from "./prefix-mask.ts";

export const prefixAttentionMaskBuilder = defineBlock({
  name: "prefix-attention-mask-builder",
  summary:
    "Patch mask (false = prefix) to attention mask: every token sees the prefix and what is not after it; registers see everything.",
  aliases: ["l3m.model.preprocessors.mask_builders.PrefixAttentionMaskBuilder"],
  positional: ["seq_len", "cls_token", "num_registers"],
  options: z.strictObject({
    seq_len: z.int().positive().describe("Patches."),
    cls_token: z
      .boolean()
      .default(false)
      .describe("The sequence has a class token, for which the mask has a column too."),
    num_registers: z
      .int()
      .nonnegative()
      .default(0)
      .describe("R, registers at the end, for which the mask has no columns."),
  }),
  ports: { masked: read(null, "B N", { dtype: "bool" }), allowed: write(null, "B S S", { dtype: "bool" }) },
  build({ seq_len, cls_token, num_registers: R }, { where }) {
    const length = seq_len + (cls_token ? 1 : 0) + R;
    return {
      forward: ({ masked }) => ({ allowed: prefixMask(masked, { length, appended: R, appendedSeeAll: true }, where) }),
    };
  },
});
