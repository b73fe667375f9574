/** Pre-norm transformer block with adapters. B batch, N tokens, D width. */
import { defineModule, slot } from "@l3m/core";
import * as z from "zod";
import { BLOCK_OPTIONS, BLOCK_POSITIONAL, BLOCK_SLOTS, preNormBlock } from "./pre-norm-block.ts";

const options = z.strictObject({
  ...BLOCK_OPTIONS,
  adapter_hidden_dim: z.int().positive().default(32).describe("Width of the adapters' bottleneck."),
});

/**
 * `x + adapter_1(attn(norm_1(x)))`, then `x + adapter_2(mlp(norm_2(x)))`: a small network after each branch (Houlsby et al. 2019).
 * ml-l3m's class cannot be constructed and would forget `position_ids`; here both work.
 */
export const blockWithAdapter = defineModule({
  name: "block-with-adapter",
  summary: "Pre-norm transformer block with a bottleneck adapter at the end of each branch.",
  aliases: ["l3m.model.trunks.transformer.BlockWithAdapter"],
  positional: BLOCK_POSITIONAL,
  inputs: ["mask", "position_ids"],
  options,
  slots: { ...BLOCK_SLOTS, adapter: slot("module", { default: "core/adapter" }) },
  build(given, context) {
    const run = preNormBlock(context, given);
    const widths = { embed_dim: given.embed_dim, adapter_hidden_dim: given.adapter_hidden_dim };
    const adapters = {
      attn: context.child("adapter_1", given.adapter, widths),
      mlp: context.child("adapter_2", given.adapter, widths),
    };
    return {
      forward: (x_BND, forward, inputs) =>
        run(x_BND, forward, inputs, (y, branch) => adapters[branch].forward(y, forward)),
    };
  },
});
