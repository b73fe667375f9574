/** Pre-norm transformer block. B batch, N tokens, D width. */
import { defineModule } from "@l3m/core";
import * as z from "zod";
import { BLOCK_OPTIONS, BLOCK_POSITIONAL, BLOCK_SLOTS, preNormBlock } from "./pre-norm-block.ts";

/** `x + attn(norm_1(x))`, then `x + mlp(norm_2(x))`, each branch with stochastic depth (Xiong et al. 2020; Huang et al. 2016). */
export const block = defineModule({
  name: "block",
  summary: "Pre-norm transformer block: attention, then a feed-forward network.",
  aliases: ["l3m.model.trunks.transformer.Block"],
  positional: BLOCK_POSITIONAL,
  inputs: ["mask", "position_ids"],
  options: z.strictObject(BLOCK_OPTIONS),
  slots: BLOCK_SLOTS,
  build(given, context) {
    const run = preNormBlock(context, given);
    return { forward: (x_BND, forward, inputs) => run(x_BND, forward, inputs) };
  },
});
