/** EmbeddingScatterAdd: the sum of the rows of every id, in f32. */
import { convert, reshape, splat } from "@l3m/stablehlo";
import { type EmbeddingScatterAddAttrs } from "@l3m/tfjs-kernels";
import { lowering } from "../lowering/kernel.ts";
import { scatterVectors } from "../lowering/scatter-vectors.ts";

export const embeddingScatterAdd = lowering<"dy" | "ids", EmbeddingScatterAddAttrs>(
  "EmbeddingScatterAdd",
  ({ dy, ids }, { rows }) => {
    const width = dy.value.type.shape.at(-1) ?? 0;
    const zeros = splat(0, { shape: [rows, width], element: "f32" });
    const index = reshape(ids.value, [...ids.value.type.shape, 1]);
    return { value: scatterVectors(zeros, index, convert(dy.value, "f32"), "add"), dtype: "float32" };
  },
);
