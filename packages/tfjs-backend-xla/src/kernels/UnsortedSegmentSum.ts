/** UnsortedSegmentSum: sums of the slices of x that share a segment id; ids out of range are dropped. */
import { reshape, splat } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";
import { scatterVectors } from "../lowering/scatter-vectors.ts";

export const unsortedSegmentSum = lowering<"x" | "segmentIds", { readonly numSegments: number }>(
  "UnsortedSegmentSum",
  ({ x, segmentIds }, { numSegments }) => {
    const rank = segmentIds.value.type.shape.length;
    const shape = [numSegments, ...x.value.type.shape.slice(rank)];
    const zeros = splat(0, { shape, element: x.value.type.element });
    const ids = reshape(segmentIds.value, [...segmentIds.value.type.shape, 1]);
    return { value: scatterVectors(zeros, ids, x.value, "add"), dtype: x.dtype };
  },
);
