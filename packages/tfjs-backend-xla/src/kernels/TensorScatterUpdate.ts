/** TensorScatterUpdate: a copy of a tensor with slices replaced at index vectors. */
import { unify } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";
import { scatterVectors } from "../lowering/scatter-vectors.ts";

export const tensorScatterUpdate = lowering<"tensor" | "indices" | "updates">(
  "TensorScatterUpdate",
  ({ tensor, indices, updates }) => {
    const [target, slices] = unify(tensor.value, updates.value);
    return { value: scatterVectors(target, indices.value, slices, "replace"), dtype: tensor.dtype };
  },
);
