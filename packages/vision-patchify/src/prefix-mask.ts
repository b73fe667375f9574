/** Causal attention with a prefix that everything sees (prefix LM, Raffel et al. 2020; AIM, El-Nouby et al. 2024). B batch, S tokens. */
import { formatShape, L3mError } from "@l3m/core";
import { causalMask, iota } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";

/** How the tokens after those of the mask attend. */
export interface PrefixMaskOptions {
  /** S, length of the sequence. */
  readonly length: number;
  /** How many tokens at the end of the sequence the mask says nothing about: they are no prefix. */
  readonly appended: number;
  /** The appended tokens see everything. */
  readonly appendedSeeAll: boolean;
}

/**
 * Bool `[B, S, S]`, true = may be attended: a query sees the prefix and what is not after it. `masked` bool `[B, S - appended]`:
 * false = prefix; a prefix with gaps is honoured column by column.
 *
 * @throws L3M_BAD_SHAPE if the mask has another length
 */
export function prefixMask(masked: Tensor, options: PrefixMaskOptions, where: string): Tensor {
  const { length: S, appended, appendedSeeAll } = options;
  const [B = 0, N = 0] = masked.shape;
  if (N !== S - appended) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "The patch mask does not have the length of the sequence.",
      where: { path: where },
      expected: `[B, ${S - appended}]`,
      got: formatShape(masked.shape, masked.dtype),
      fix: "Correct the sizes in this block's options; a class token needs a column of the mask too.",
    });
  }
  const prefix_B1S = tf.expandDims(tf.concat([tf.logicalNot(masked), never([B, appended])], 1), 1);
  const allowed_BSS = tf.logicalOr(causalMask(S), prefix_B1S);
  return appendedSeeAll ? tf.logicalOr(allowed_BSS, tf.greaterEqual(iota([1, S, 1], 1), S - appended)) : allowed_BSS;
}

/** False everywhere. */
function never(shape: readonly [number, number]): Tensor {
  return tf.less(iota(shape, 0), 0);
}
