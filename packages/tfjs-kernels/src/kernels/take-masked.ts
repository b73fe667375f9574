/** takeMasked: what a boolean mask selects, with a static number of survivors. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { embeddingGather } from "./embedding.ts";
import { iota } from "./iota.ts";

/**
 * The first `count` elements of axis 1 where `mask` is true, in order. Built of other kernels, so its gradient is theirs.
 * Shapes: x `[B, N, ...]`, mask bool `[B, N]`, result `[B, count, ...]`. A row with fewer than `count` true entries repeats
 * element 0 of its row.
 */
export function takeMasked(x: Tensor, mask: Tensor, count: number): Tensor {
  const [B = 0, N = 0, ...rest] = x.shape;
  const rank_BN = tf.sub(tf.cumsum(tf.cast(mask, "int32"), 1), 1);
  const wanted_K1 = tf.reshape(iota([count]), [1, count, 1]);
  const hit_BKN = tf.logicalAnd(tf.equal(tf.expandDims(rank_BN, 1), wanted_K1), tf.expandDims(mask, 1));
  const index_BK = tf.sum(tf.mul(tf.cast(hit_BKN, "int32"), iota([1, 1, N], 2)), 2);
  const row_BK = tf.add(index_BK, tf.mul(iota([B, count], 0), N));
  const width = rest.reduce((product, size) => product * size, 1);
  const table = tf.reshape(x, [B * N, width]);
  return tf.reshape(embeddingGather(table, tf.cast(row_BK, "int32")), [B, count, ...rest]);
}
