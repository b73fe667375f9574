/**
 * Self-attentions under a block mask: the dense booleans `[B, N, N]` that a builder of block masks writes, so the result is that of
 * ml-l3m's sparse form and the fused kernel runs. B batch, N tokens, D width, H heads, d = D / H.
 */
import { type BuildContext, type Layer } from "@l3m/core";
import * as z from "zod";
import { requiredAttentionMask } from "./attention-mask.ts";
import {
  FUSED_OPTIONS,
  FUSED_POSITIONAL,
  FUSED_SLOTS,
  fusedSelfAttention,
  type FusedSelfAttentionOptions,
} from "./fused-self-attention.ts";

/** What they declare alike. */
export const BLOCK_MASK_ATTENTION = {
  positional: FUSED_POSITIONAL,
  inputs: ["mask", "position_ids"],
  ignores: ["qk_scale", "attn_drop"],
  options: z.strictObject(FUSED_OPTIONS),
  slots: FUSED_SLOTS,
};

/**
 * `proj(softmax(q k^T / sqrt(d)) v)` over the keys that the mask shows.
 *
 * @param takesPositions rotary positions are the `position_ids` that it is handed, else 0..N-1
 * @throws L3M_MISSING_KEY at a call without a mask
 */
export function blockMaskAttention(
  context: BuildContext,
  given: FusedSelfAttentionOptions,
  { takesPositions }: { readonly takesPositions: boolean },
): Layer {
  const attend = fusedSelfAttention(context, given);
  return {
    forward: (x_BND, forward, inputs = {}) =>
      attend(x_BND, forward, {
        mask: requiredAttentionMask(inputs.mask, { x: x_BND, where: context.where }),
        positionIds: takesPositions ? inputs.position_ids : undefined,
      }),
  };
}
