/** MirrorPad: x surrounded by its own reflection, with or without the border row. */
import { concatenate, reverse, slice } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const mirrorPad = lowering<
  "x",
  { readonly paddings: readonly (readonly [number, number])[]; readonly mode: "reflect" | "symmetric" }
>("MirrorPad", ({ x }, { paddings, mode }) => {
  const skip = mode === "reflect" ? 1 : 0;
  const value = paddings.reduce((padded, [low, high], dim) => {
    const { shape } = padded.type;
    const extent = shape[dim] ?? 0;
    const part = (from: number, to: number) =>
      reverse(
        slice(
          padded,
          shape.map((_, i) => (i === dim ? from : 0)),
          shape.map((e, i) => (i === dim ? to : e)),
        ),
        [dim],
      );
    const parts = [
      ...(low > 0 ? [part(skip, skip + low)] : []),
      padded,
      ...(high > 0 ? [part(extent - skip - high, extent - skip)] : []),
    ];
    return concatenate(parts, dim);
  }, x.value);
  return { value, dtype: x.dtype };
});
