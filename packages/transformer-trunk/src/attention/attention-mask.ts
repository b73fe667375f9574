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
  return overHeads(mask, options.where);
}

/**
 * The same for attentions that are given one always.
 *
 * @throws L3M_MISSING_KEY without a mask, L3M_BAD_SHAPE for any rank but 3
 */
export function requiredAttentionMask(mask: tf.Tensor | undefined, { where }: { where: string }): tf.Tensor {
  return overHeads(requiredMask(mask, { where }), where);
}

/** @throws L3M_MISSING_KEY without a mask */
export function requiredMask(mask: tf.Tensor | undefined, { where }: { where: string }): tf.Tensor {
  if (mask !== undefined) return mask;
  throw new L3mError("L3M_MISSING_KEY", {
    message: "This attention always takes a mask, and the trunk handed over none.",
    where: { path: where },
    expected: "a mask",
    got: "none",
    fix: "Set self_attn_mask_read_key of the trunk to a key that a mask builder writes, or use an attention that takes none.",
  });
}

function overHeads(mask: tf.Tensor, where: string): tf.Tensor {
  if (mask.rank !== 3) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "An attention mask has one row per query and one column per key.",
      where: { path: where },
      expected: "[B, N, N]",
      got: formatShape(mask.shape, mask.dtype),
      fix: "Let a mask builder turn per-token masks into [B, N, N].",
    });
  }
  return tf.expandDims(mask, 1);
}
