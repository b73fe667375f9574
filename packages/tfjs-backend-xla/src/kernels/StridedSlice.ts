/** StridedSlice: NumPy slicing with begin, end, stride and its masks. */
import { reshape, reverse, slice, splat } from "@l3m/stablehlo";
import { slice_util, type StridedSliceAttrs } from "@tensorflow/tfjs-core";
import { lowering } from "../lowering/kernel.ts";

export const stridedSlice = lowering<"x", StridedSliceAttrs>("StridedSlice", ({ x }, attrs) => {
  const info = slice_util.sliceInfo(
    [...x.value.type.shape],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const { begin, strides, finalShapeSparse: extents, finalShape } = info;
  const first = begin.map((start, i) =>
    (strides[i] ?? 1) < 0 ? start + ((extents[i] ?? 1) - 1) * (strides[i] ?? 1) : start,
  );
  const limit = first.map(
    (start, i) => start + Math.max(0, (extents[i] ?? 1) - 1) * Math.abs(strides[i] ?? 1) + Math.min(1, extents[i] ?? 1),
  );
  if (extents.some((extent) => extent === 0))
    return { value: splat(0, { shape: finalShape, element: x.value.type.element }), dtype: x.dtype };
  const block = slice(x.value, first, limit, strides.map(Math.abs));
  const backwards = strides.flatMap((stride, i) => (stride < 0 ? [i] : []));
  return { value: reshape(backwards.length === 0 ? block : reverse(block, backwards), finalShape), dtype: x.dtype };
});
