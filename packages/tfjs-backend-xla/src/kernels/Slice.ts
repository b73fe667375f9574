/** Slice: a block of x. */
import { slice as lower } from "@l3m/stablehlo";
import { slice_util, type Tensor } from "@tensorflow/tfjs-core";
import { lowering } from "../lowering/kernel.ts";

export const slice = lowering<"x", { readonly begin: number | number[]; readonly size: number | number[] }>(
  "Slice",
  ({ x }, attrs) => {
    const shaped = { shape: [...x.value.type.shape] } as Tensor;
    const [begin, size] = slice_util.parseSliceParams(shaped, attrs.begin, attrs.size) as [number[], number[]];
    return {
      value: lower(
        x.value,
        begin,
        begin.map((start, i) => start + (size[i] ?? 0)),
      ),
      dtype: x.dtype,
    };
  },
);
