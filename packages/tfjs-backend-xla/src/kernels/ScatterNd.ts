/** ScatterNd: updates added into zeros at index vectors. */
import { splat } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";
import { scatterVectors } from "../lowering/scatter-vectors.ts";

export const scatterNd = lowering<"indices" | "updates", { readonly shape: readonly number[] }>(
  "ScatterNd",
  ({ indices, updates }, { shape }) => {
    const zeros = splat(0, { shape: [...shape], element: updates.value.type.element });
    return { value: scatterVectors(zeros, indices.value, updates.value, "add"), dtype: updates.dtype };
  },
);
