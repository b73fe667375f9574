/** Causal self-attention with a visible prefix. B batch, N tokens, D width, H heads. */
import * as tf from "@l3m/core/tf";
import { iota } from "@l3m/core/nn";
import { defineAttention, formatShape, L3mError } from "@l3m/core";
import * as z from "zod";
import { requiredMask } from "./attention-mask.ts";
import { FUSED_OPTIONS, FUSED_POSITIONAL, fusedSelfAttention } from "./fused-self-attention.ts";

/**
 * Token i attends to tokens j <= i and to every token of the prefix (PrefixLM, Raffel et al. 2020; AIM, El-Nouby et al. 2024).
 * The mask is bool `[B, N]`, true = not in the prefix. It is causal from the start and for any N: ml-l3m's buffer, which is all
 * ones until the runner initialises it and fixes N as `num_patches`, is not needed.
 *
 * @throws L3M_MISSING_KEY when there is no mask, L3M_BAD_SHAPE for one that is not bool `[B, N]`
 */
export const prefixCausalAttention = defineAttention({
  name: "prefix-causal-attention",
  summary:
    "Causal self-attention with one fused projection where every token also sees a prefix, given as a mask [B, N].",
  aliases: ["l3m.model.layers.attention.PrefixCausalAttention"],
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "attn_drop", "is_causal", "num_patches"],
  options: z.strictObject(FUSED_OPTIONS),
  build(given, context) {
    const attend = fusedSelfAttention(context, given);
    return {
      forward(x_BND, forward, inputs = {}) {
        const mask = prefixCausalMask(requiredMask(inputs.mask, context), x_BND, context.where);
        return attend(x_BND, forward, { mask });
      },
    };
  },
});

/** Which keys a query of x sees, bool `[B, 1, N, N]`, from `hidden` bool `[B, N]` (true = not in the prefix). */
function prefixCausalMask(hidden: tf.Tensor, x_BND: tf.Tensor, where: string): tf.Tensor {
  const [B = 0, N = 0] = x_BND.shape;
  if (hidden.shape.join() !== [B, N].join() || hidden.dtype !== "bool") {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "The mask of a prefix says for every token whether it lies outside of the prefix.",
      where: { path: where },
      expected: `bool [B=${B}, N=${N}]`,
      got: formatShape(hidden.shape, hidden.dtype),
      fix: "Hand over the prefix mask itself; attentions that take [B, N, N] need the mask of a builder.",
    });
  }
  const past = tf.lessEqual(iota([1, 1, N, N], 3), iota([1, 1, N, N], 2));
  return tf.logicalOr(past, tf.reshape(tf.logicalNot(hidden), [B, 1, 1, N]));
}
