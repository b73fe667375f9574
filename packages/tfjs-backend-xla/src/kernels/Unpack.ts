/** Unpack: the slices along an axis, without it. */
import { reshape, slice } from "@l3m/stablehlo";
import { normalizeAxis } from "../lowering/axes.ts";
import { lowering } from "../lowering/kernel.ts";

export const unpack = lowering<"value", { readonly axis: number }>("Unpack", ({ value: x }, { axis }) => {
  const { shape } = x.value.type;
  const dim = normalizeAxis(axis, shape.length);
  return Array.from({ length: shape[dim] ?? 0 }, (_, at) => {
    const row = slice(
      x.value,
      shape.map((_extent, i) => (i === dim ? at : 0)),
      shape.map((extent, i) => (i === dim ? at + 1 : extent)),
    );
    return { value: reshape(row, shape.toSpliced(dim, 1)), dtype: x.dtype };
  });
});
