/** The mask that an attention was given, checked and ready to broadcast over heads. */
import * as tf from "@l3m/core/tf";
import { formatShape, L3mError } from "@l3m/core";

/** Whose mask it is. */
interface MaskedAttention {
  /** The tokens `[B, N, D]`. */
  readonly x: tf.Tensor;
  /** Dotted path of the attention, for errors. */
  readonly where: string;
}

/**
 * `[B, N, N]` to `[B, 1, N, N]`; undefined stays undefined.
 *
 * @throws L3M_BAD_SHAPE for any other shape or dtype, L3M_BAD_OPTION for a mask next to a causal attention.
 */
export function attentionMask(
  mask: tf.Tensor | undefined,
  options: MaskedAttention & { readonly causal: boolean },
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
  return overHeads(mask, options);
}

/**
 * The same for attentions that are given one always.
 *
 * @throws L3M_MISSING_KEY without a mask, L3M_BAD_SHAPE for one that is not `[B, N, N]`
 */
export function requiredAttentionMask(mask: tf.Tensor | undefined, attention: MaskedAttention): tf.Tensor {
  return overHeads(requiredMask(mask, attention), attention);
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

function overHeads(mask: tf.Tensor, { x, where }: MaskedAttention): tf.Tensor {
  const [B = 0, N = 0] = x.shape;
  const fits = mask.rank === 3 && [1, B].includes(mask.shape[0] ?? 0) && mask.shape[1] === N && mask.shape[2] === N;
  if (!fits || (mask.dtype !== "bool" && mask.dtype !== "float32")) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "An attention mask has one row per query and one column per key.",
      where: { path: where },
      expected: `bool or float32 [B=${B}, N=${N}, N=${N}]`,
      got: formatShape(mask.shape, mask.dtype),
      fix: "Let a mask builder turn per-token masks into [B, N, N], for a sequence of this length.",
    });
  }
  return tf.expandDims(mask, 1);
}
