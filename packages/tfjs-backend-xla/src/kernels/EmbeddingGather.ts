/** EmbeddingGather: rows of a table by id. */
import { convert, gather } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const embeddingGather = lowering<"table" | "ids">("EmbeddingGather", ({ table, ids }) => {
  const width = table.value.type.shape[1] ?? 0;
  const index = convert(ids.value, "i32");
  const rank = index.type.shape.length;
  const value = gather(table.value, index, {
    offsetDims: [rank],
    collapsedSliceDims: [0],
    startIndexMap: [0],
    indexVectorDim: rank,
    sliceSizes: [1, width],
  });
  return { value, dtype: table.dtype };
});
