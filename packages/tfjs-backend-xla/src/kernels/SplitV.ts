/** SplitV: consecutive blocks along an axis. */
import { slice } from "@l3m/stablehlo";
import { backend_util, type Tensor } from "@tensorflow/tfjs-core";
import { normalizeAxis } from "../lowering/axes.ts";
import { lowering } from "../lowering/kernel.ts";

export const splitV = lowering<"x", { readonly numOrSizeSplits: number | number[]; readonly axis: number }>(
  "SplitV",
  ({ x }, { numOrSizeSplits, axis }) => {
    const { shape } = x.value.type;
    const dim = normalizeAxis(axis, shape.length);
    const sizes = backend_util.prepareSplitSize({ shape: [...shape] } as Tensor, numOrSizeSplits, dim);
    let start = 0;
    return sizes.map((size) => {
      const begin = shape.map((_, i) => (i === dim ? start : 0));
      start += size;
      return {
        value: slice(
          x.value,
          begin,
          shape.map((extent, i) => (i === dim ? start : extent)),
        ),
        dtype: x.dtype,
      };
    });
  },
);
