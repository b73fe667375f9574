import * as tf from "@l3m/core/tf";

/** `x[start:end]` along `axis`, with Python's meaning of negative, missing and too large bounds. */
export function slicePython(x: tf.Tensor, axis: number, start: number, end?: number): tf.Tensor {
  const size = x.shape[axis] ?? 0;
  const bound = (index: number): number => Math.min(Math.max(index < 0 ? index + size : index, 0), size);
  const from = bound(start);
  const length = Math.max(bound(end ?? size) - from, 0);
  return tf.slice(
    x,
    x.shape.map((_, i) => (i === axis ? from : 0)),
    x.shape.map((n, i) => (i === axis ? length : n)),
  );
}
