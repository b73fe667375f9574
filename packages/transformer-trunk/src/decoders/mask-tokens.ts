/** Learned tokens in the place of masked patches. B batch, P patches, K visible patches, D width. */
import { formatShape, L3mError } from "@l3m/core";
import { castPrecision, embeddingGather, iota, physicalDtype } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";

/**
 * `[B, P, D]`: `token [1, 1, D]` where `mask` (bool `[B, P]`) is true, elsewhere the tokens of `visible_BKD` in order (He et al.
 * 2022, figure 1). Every row of the mask must have K false entries: shapes are static, so this cannot be seen here.
 *
 * @throws L3M_BAD_SHAPE when the mask has another rank or batch, or fewer entries than there are tokens.
 */
export function insertMaskTokens(visible_BKD: Tensor, mask: Tensor, token: Tensor, where: string): Tensor {
  const [B = 0, K = 0, D = 0] = visible_BKD.shape;
  const P = mask.shape[1] ?? 0;
  if (mask.rank !== 2 || mask.shape[0] !== B || mask.dtype !== "bool" || P < K) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Mask tokens go where a patch mask is true; the visible tokens fill the rest.",
      where: { path: where },
      expected: `a bool mask [${B}, P] with ${K} false entries in each row`,
      got: formatShape(mask.shape, mask.dtype),
      fix: "Put the patch mask under the key that this decoder reads, or set insert_mask: false.",
    });
  }
  const rank_BP = tf.sub(tf.cumsum(tf.cast(tf.logicalNot(mask), "int32"), 1), 1);
  const inRow_BP = tf.minimum(tf.maximum(rank_BP, tf.scalar(0, "int32")), tf.scalar(K - 1, "int32"));
  const index_BP = tf.cast(tf.add(inRow_BP, tf.mul(iota([B, P], 0), tf.scalar(K, "int32"))), "int32");
  const placed_BPD = tf.reshape(embeddingGather(tf.reshape(visible_BKD, [B * K, D]), index_BP), [B, P, D]);
  return replaceTokens(placed_BPD, mask, token);
}

/** Tokens `[B, N, D]` with `token [1, 1, D]` where `replaced` (bool `[B, N]`) is true; in the format of the tokens. */
export function replaceTokens(x_BND: Tensor, replaced_BN: Tensor, token: Tensor): Tensor {
  const shape = x_BND.shape as [number, number, number];
  const token_BND = tf.broadcastTo(castPrecision(token, physicalDtype(x_BND)), shape);
  return tf.where(tf.broadcastTo(tf.expandDims(replaced_BN, 2), shape), token_BND, x_BND);
}
