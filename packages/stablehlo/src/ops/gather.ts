/** Reading and writing at computed positions. */
import { check, checkDims } from "../bad-op.ts";
import { operation, Region, type Value } from "../operation.ts";
import { isInteger, scalarType, typeText } from "../types.ts";
import { reducer, type ReduceKind } from "./reduce.ts";

export interface GatherOptions {
  /** Result dimensions that run inside a slice. */
  readonly offsetDims: readonly number[];
  /** Operand dimensions of slice size 1 that vanish. */
  readonly collapsedSliceDims: readonly number[];
  /** Operand dimensions paired with `startIndicesBatchingDims` of the indices. */
  readonly operandBatchingDims?: readonly number[];
  readonly startIndicesBatchingDims?: readonly number[];
  /** Operand dimension that each component of an index vector addresses. */
  readonly startIndexMap: readonly number[];
  /** Dimension of the indices that holds the index vector; their rank means scalar indices. */
  readonly indexVectorDim: number;
  readonly sliceSizes: readonly number[];
}

/** Takes a slice of `x` at each index vector; out-of-range slices are shifted inside. */
export function gather(x: Value, indices: Value, options: GatherOptions): Value {
  const name = "stablehlo.gather";
  const {
    offsetDims,
    collapsedSliceDims,
    operandBatchingDims = [],
    startIndicesBatchingDims = [],
    startIndexMap,
    indexVectorDim,
    sliceSizes,
  } = options;
  const rank = x.type.shape.length;
  check(isInteger(indices.type.element), name, () => ["indices must be integers", "integers", [indices]]);
  check(
    sliceSizes.length === rank && sliceSizes.every((size, i) => size >= 0 && size <= (x.type.shape[i] as number)),
    name,
    () => ["slices must fit into the operand", typeText(x.type), `[${sliceSizes.join(", ")}]`],
  );
  checkDims(name, "collapsedSliceDims", [...collapsedSliceDims, ...operandBatchingDims], rank);
  checkDims(name, "startIndexMap", startIndexMap, rank);
  const batch = indices.type.shape.filter((_, i) => i !== indexVectorDim);
  const window = sliceSizes.filter((_, i) => !collapsedSliceDims.includes(i) && !operandBatchingDims.includes(i));
  check(window.length === offsetDims.length, name, () => [
    "one offset dimension per kept slice dimension",
    String(window.length),
    String(offsetDims.length),
  ]);
  const result = interleave(batch, window, offsetDims);
  return operation({
    name,
    operands: [x, indices],
    result: { shape: result, element: x.type.element },
    attributes: {
      dimension_numbers: {
        struct: "gather",
        fields: {
          offset_dims: offsetDims,
          collapsed_slice_dims: collapsedSliceDims,
          operand_batching_dims: operandBatchingDims,
          start_indices_batching_dims: startIndicesBatchingDims,
          start_index_map: startIndexMap,
          index_vector_dim: indexVectorDim,
        },
      },
      indices_are_sorted: false,
      slice_sizes: sliceSizes,
    },
  });
}

export interface ScatterOptions {
  /** Update dimensions that run inside a window. */
  readonly updateWindowDims: readonly number[];
  /** Operand dimensions of window size 1 that the updates lack. */
  readonly insertedWindowDims: readonly number[];
  readonly inputBatchingDims?: readonly number[];
  readonly scatterIndicesBatchingDims?: readonly number[];
  readonly scatterDimsToOperandDims: readonly number[];
  readonly indexVectorDim: number;
  /** How an update meets what is there; `replace` writes it. */
  readonly kind: ReduceKind | "replace";
  readonly uniqueIndices?: boolean;
}

/** Writes `updates` into a copy of `x` at each index vector; out-of-range updates are dropped. */
export function scatter(x: Value, indices: Value, updates: Value, options: ScatterOptions): Value {
  const name = "stablehlo.scatter";
  const {
    updateWindowDims,
    insertedWindowDims,
    inputBatchingDims = [],
    scatterIndicesBatchingDims = [],
    scatterDimsToOperandDims,
    indexVectorDim,
    kind,
  } = options;
  const rank = x.type.shape.length;
  check(isInteger(indices.type.element), name, () => ["indices must be integers", "integers", [indices]]);
  check(updates.type.element === x.type.element, name, () => [
    "updates must have the operand's element type",
    x.type.element,
    updates.type.element,
  ]);
  checkDims(name, "insertedWindowDims", [...insertedWindowDims, ...inputBatchingDims], rank);
  checkDims(name, "updateWindowDims", updateWindowDims, updates.type.shape.length);
  check(updateWindowDims.length + insertedWindowDims.length + inputBatchingDims.length === rank, name, () => [
    "window dimensions must cover the operand",
    `${rank} in all`,
    `${updateWindowDims.length} + ${insertedWindowDims.length} + ${inputBatchingDims.length}`,
  ]);
  const batch = indices.type.shape.filter((_, i) => i !== indexVectorDim);
  const scattered = updates.type.shape.filter((_, i) => !updateWindowDims.includes(i));
  check(batch.join() === scattered.join(), name, () => [
    "one update per index vector",
    `[${batch.join(", ")}]`,
    `[${scattered.join(", ")}]`,
  ]);
  const { element } = x.type;
  const region =
    kind === "replace"
      ? new Region([scalarType(element), scalarType(element)], ([, update]) => [update as Value])
      : reducer(kind, element);
  return operation({
    name,
    operands: [x, indices, updates],
    result: x.type,
    attributes: {
      scatter_dimension_numbers: {
        struct: "scatter",
        fields: {
          update_window_dims: updateWindowDims,
          inserted_window_dims: insertedWindowDims,
          input_batching_dims: inputBatchingDims,
          scatter_indices_batching_dims: scatterIndicesBatchingDims,
          scatter_dims_to_operand_dims: scatterDimsToOperandDims,
          index_vector_dim: indexVectorDim,
        },
      },
      indices_are_sorted: false,
      unique_indices: options.uniqueIndices ?? false,
    },
    regions: [region],
  });
}

/** `window` extents at the positions `offsetDims`, `batch` extents at the others. */
function interleave(
  batch: readonly number[],
  window: readonly number[],
  offsetDims: readonly number[],
): readonly number[] {
  const [nextBatch, nextWindow] = [batch.values(), window.values()];
  return Array.from(
    { length: batch.length + window.length },
    (_, i) => (offsetDims.includes(i) ? nextWindow : nextBatch).next().value as number,
  );
}
