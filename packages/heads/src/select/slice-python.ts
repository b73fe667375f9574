import * as tf from "@l3m/core/tf";
import { formatShape, L3mError } from "@l3m/core";

/** `x[start:end]` along `axis`, with Python's meaning of negative, missing and too large bounds. @throws L3M_BAD_SHAPE */
export function slicePython(x: tf.Tensor, axis: number, start: number, end?: number): tf.Tensor {
  const size = x.shape[axis];
  if (size === undefined) throw noAxis(x, axis);
  const bound = (index: number): number => Math.min(Math.max(index < 0 ? index + size : index, 0), size);
  const from = bound(start);
  const length = Math.max(bound(end ?? size) - from, 0);
  return tf.slice(
    x,
    x.shape.map((_, i) => (i === axis ? from : 0)),
    x.shape.map((n, i) => (i === axis ? length : n)),
  );
}

function noAxis(x: tf.Tensor, axis: number): L3mError {
  return new L3mError("L3M_BAD_SHAPE", {
    message: `There is no axis ${axis} to take from.`,
    expected: `at least ${axis + 1} dimensions`,
    got: formatShape(x.shape, x.dtype),
    fix: "Read tokens [B, N, D], or change dim.",
  });
}
