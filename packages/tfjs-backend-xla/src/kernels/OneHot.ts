/** OneHot: onValue at the index, offValue elsewhere, along a new last axis. */
import { broadcastInDim, compare, convert, iota, select, splat } from "@l3m/stablehlo";
import { type DataType } from "@tensorflow/tfjs-core";
import { elementOf } from "../backend/element.ts";
import { lowering } from "../lowering/kernel.ts";

export const oneHot = lowering<
  "indices",
  { readonly depth: number; readonly onValue: number; readonly offValue: number; readonly dtype?: DataType }
>("OneHot", ({ indices }, { depth, onValue, offValue, dtype = "int32" }) => {
  const shape = [...indices.value.type.shape, depth];
  const spread = broadcastInDim(
    convert(indices.value, "i32"),
    shape,
    indices.value.type.shape.map((_, i) => i),
  );
  const hit = compare("EQ", spread, iota({ shape, element: "i32" }, shape.length - 1));
  const type = { shape, element: elementOf(dtype) };
  return { value: select(hit, splat(onValue, type), splat(offValue, type)), dtype };
});
