/** LinSpace: evenly spaced values from start to stop, both included. */
import { add, iota, multiply } from "@l3m/stablehlo";
import { fullLike } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const linSpace = lowering<never, { readonly start: number; readonly stop: number; readonly num: number }>(
  "LinSpace",
  (_inputs, { start, stop, num }) => {
    const index = iota({ shape: [num], element: "f32" }, 0);
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    return { value: add(fullLike(index, start), multiply(index, fullLike(index, step))), dtype: "float32" };
  },
);
