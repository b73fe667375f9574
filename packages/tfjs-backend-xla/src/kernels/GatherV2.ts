/** GatherV2: slices of x along an axis, at the given indices. */
import { convert, gather } from "@l3m/stablehlo";
import { normalizeAxis } from "../lowering/axes.ts";
import { lowering } from "../lowering/kernel.ts";

export const gatherV2 = lowering<"x" | "indices", { readonly axis: number; readonly batchDims: number }>(
  "GatherV2",
  ({ x, indices }, attrs) => {
    const { shape } = x.value.type;
    const axis = normalizeAxis(attrs.axis, shape.length);
    const index = convert(indices.value, "i32");
    const batch = attrs.batchDims < 0 ? attrs.batchDims + index.type.shape.length : attrs.batchDims;
    const rank = index.type.shape.length;
    const batchDims = Array.from({ length: batch }, (_, i) => i);
    const inner = shape.length - axis - 1;
    const value = gather(x.value, index, {
      offsetDims: [
        ...Array.from({ length: axis - batch }, (_, i) => batch + i),
        ...Array.from({ length: inner }, (_, i) => axis + rank - batch + i),
      ],
      collapsedSliceDims: [axis],
      operandBatchingDims: batchDims,
      startIndicesBatchingDims: batchDims,
      startIndexMap: [axis],
      indexVectorDim: rank,
      sliceSizes: shape.map((extent, i) => (i < batch || i === axis ? 1 : extent)),
    });
    return { value, dtype: x.dtype };
  },
);
