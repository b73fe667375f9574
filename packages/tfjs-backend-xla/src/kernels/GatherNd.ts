/** GatherNd: slices of params at index vectors. */
import { convert, gather } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const gatherNd = lowering<"params" | "indices">("GatherNd", ({ params, indices }) => {
  const { shape } = params.value.type;
  const index = convert(indices.value, "i32");
  const rank = index.type.shape.length;
  const depth = index.type.shape[rank - 1] ?? 0;
  const value = gather(params.value, index, {
    offsetDims: Array.from({ length: shape.length - depth }, (_, i) => rank - 1 + i),
    collapsedSliceDims: Array.from({ length: depth }, (_, i) => i),
    startIndexMap: Array.from({ length: depth }, (_, i) => i),
    indexVectorDim: rank - 1,
    sliceSizes: shape.map((extent, i) => (i < depth ? 1 : extent)),
  });
  return { value, dtype: params.dtype };
});
