/** EmbeddingGather and EmbeddingScatterAdd: rows of a table by id, and the gradient that adds rows back. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";

/** Kernel name. Inputs `table` float `[V, D]`, `ids` int32 `[...]` in [0, V). Output: float `[..., D]`. */
export const EmbeddingGather = "EmbeddingGather";
/** Kernel name. Inputs `dy` float `[..., D]`, `ids` int32 `[...]`. Output: float32 `[rows, D]`, the sum of the rows of each id. */
export const EmbeddingScatterAdd = "EmbeddingScatterAdd";

export interface EmbeddingScatterAddAttrs {
  readonly rows: number;
}

const gatherRows = defineKernel<object>({
  name: EmbeddingGather,
  inputs: ["table", "ids"],
  fallback: ({ table, ids }) => tf.gather(table as Tensor, ids as Tensor, 0),
  gradient: ([dy], [table, ids]) => ({
    table: () => embeddingScatterAdd(dy as Tensor, ids as Tensor, (table as Tensor).shape[0] ?? 0),
  }),
});

const scatterRows = defineKernel<EmbeddingScatterAddAttrs>({
  name: EmbeddingScatterAdd,
  inputs: ["dy", "ids"],
  fallback: ({ dy, ids }, { rows }) => {
    const width = (dy as Tensor).shape.at(-1) ?? 1;
    const dy_TD = tf.reshape(dy as Tensor, [-1, width]);
    const ids_T = tf.reshape(ids as Tensor, [-1]);
    if (tf.getKernel(tf.UnsortedSegmentSum, tf.getBackend()) !== undefined) {
      return tf.unsortedSegmentSum(dy_TD, tf.cast(ids_T, "int32") as tf.Tensor1D, rows);
    }
    return tf.matMul(tf.oneHot(tf.cast(ids_T, "int32"), rows), dy_TD, true, false); // wasm has no segment sum
  },
  gradient: ([ddy], [, ids]) => ({ dy: () => embeddingGather(ddy as Tensor, ids as Tensor) }),
});

/** `table[ids]`: float `[V, D]` and int32 `[...]` to float `[..., D]`. Ids outside [0, V) are the caller's mistake. */
export function embeddingGather(table: Tensor, ids: Tensor): Tensor {
  return gatherRows([table, ids], {})[0] as Tensor;
}

/** The `[rows, D]` table whose row v is the sum of the rows of `dy` with id v. */
export function embeddingScatterAdd(dy: Tensor, ids: Tensor, rows: number): Tensor {
  return scatterRows([dy, ids], { rows })[0] as Tensor;
}
