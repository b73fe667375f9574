/**
 * Pre-norm decoder block with cross-attention. B batch, N tokens, M encoder tokens, D and Denc their widths.
 */
import { defineModule, slot } from "@l3m/core";
import * as z from "zod";
import { addBranch, BRANCH_OPTIONS, BRANCH_POSITIONAL, BRANCH_SLOTS, feedForward } from "./residual-branch.ts";

/**
 * `x + self_attn(norm_1(x))`, then `x + cross_attn(norm_2(x), e)`, then `x + mlp(norm_3(x))`, each branch with stochastic depth
 * (Vaswani et al. 2017, 3.1, with norms first). The encoder's tokens e `[B, M, Denc]` are the input `keys`, not normalised; the
 * mask `[B, N, N]` goes to both attentions.
 */
export const decoderBlock = defineModule({
  name: "decoder-block",
  summary: "Pre-norm decoder block: self-attention, attention to an encoder's tokens, then a feed-forward network.",
  aliases: ["l3m.model.trunks.transformer_decoder.DecoderBlock"],
  positional: ["dim", "self_attn_target", "cross_attn_target", ...BRANCH_POSITIONAL],
  inputs: ["keys", "mask"],
  rename: { embed_dim: "dim" },
  options: z.strictObject({ dim: z.int().positive().describe("D, width of the tokens."), ...BRANCH_OPTIONS }),
  slots: { self_attn_target: slot("attention"), cross_attn_target: slot("attention"), ...BRANCH_SLOTS },
  build(given, context) {
    const { dim, use_bias, norm_layer } = given;
    const selfAttn = context.child("self_attn", given.self_attn_target, { use_bias });
    const crossAttn = context.child("cross_attn", given.cross_attn_target, { use_bias });
    const mlp = feedForward(context, dim, given);
    const norm1 = context.child("norm_1", norm_layer, { dim });
    const norm2 = context.child("norm_2", norm_layer, { dim });
    const norm3 = context.child("norm_3", norm_layer, { dim });
    return {
      forward(x_BND, forward, { keys, mask } = {}) {
        const plus = addBranch(context, given, forward);
        const encoded = { keys, values: keys, mask };
        const heard = plus(x_BND, selfAttn.forward(norm1.forward(x_BND, forward), forward, { mask }), "self_attn");
        const informed = plus(heard, crossAttn.forward(norm2.forward(heard, forward), forward, encoded), "cross_attn");
        return plus(informed, mlp.forward(norm3.forward(informed, forward), forward), "mlp");
      },
    };
  },
});
