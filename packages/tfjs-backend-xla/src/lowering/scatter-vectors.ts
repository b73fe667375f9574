/** Scatter in TensorFlow's convention: the last axis of the indices is an index vector into the leading axes of the target. */
import { convert, type ReduceKind, scatter, type Value } from "@l3m/stablehlo";

/** Writes `updates` (`[...indices without last axis, ...rest of target]`) into `target`. */
export function scatterVectors(target: Value, indices: Value, updates: Value, kind: ReduceKind | "replace"): Value {
  const rank = indices.type.shape.length;
  const depth = indices.type.shape[rank - 1] ?? 0;
  const leading = Array.from({ length: depth }, (_, i) => i);
  return scatter(target, convert(indices, "i32"), updates, {
    updateWindowDims: target.type.shape.slice(depth).map((_, i) => rank - 1 + i),
    insertedWindowDims: leading,
    scatterDimsToOperandDims: leading,
    indexVectorDim: rank - 1,
    kind,
  });
}
