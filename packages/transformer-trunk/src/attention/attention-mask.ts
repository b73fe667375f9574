/** The mask that an attention was given, checked and ready to broadcast over heads. */
import * as tf from "@l3m/core/tf";
import { formatShape, L3mError } from "@l3m/core";

/**
 * `[B, N, N]` to `[B, 1, N, N]`; undefined stays undefined.
 *
 * @throws L3M_BAD_SHAPE for any other rank, L3M_BAD_OPTION for a mask next to a causal attention.
 */
export function attentionMask(
  mask: tf.Tensor | undefined,
  options: { causal: boolean; where: string },
): tf.Tensor | undefined {
  if (mask === undefined) return undefined;
  if (options.causal) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "A causal attention takes no mask.",
      where: { path: options.where },
      expected: "is_causal: false, or no mask",
      got: `is_causal: true and a mask ${formatShape(mask.shape, mask.dtype)}`,
      fix: "Remove is_causal (and put causality into the mask), or remove self_attn_mask_read_key.",
    });
  }
  if (mask.rank !== 3) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "An attention mask has one row per query and one column per key.",
      where: { path: options.where },
      expected: "[B, N, N]",
      got: formatShape(mask.shape, mask.dtype),
      fix: "Let a mask builder turn per-token masks into [B, N, N].",
    });
  }
  return tf.expandDims(mask, 1);
}
