/** Tile: x repeated along every axis. */
import { broadcastInDim, reshape } from "@l3m/stablehlo";
import { broadcastTo } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const tile = lowering<"x", { readonly reps: readonly number[] }>("Tile", ({ x }, { reps }) => {
  const { shape } = x.value.type;
  const tiled = shape.map((extent, i) => extent * (reps[i] ?? 1));
  if (shape.every((extent, i) => extent === 1 || reps[i] === 1))
    return { value: broadcastTo(x.value, tiled), dtype: x.dtype };
  const blocks = broadcastInDim(
    x.value,
    shape.flatMap((extent, i) => [reps[i] ?? 1, extent]),
    shape.map((_, i) => 2 * i + 1),
  );
  return { value: reshape(blocks, tiled), dtype: x.dtype };
});
