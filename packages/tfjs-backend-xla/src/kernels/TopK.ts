/** TopK: the k largest values along the last axis and their indices, largest first, equal ones in order. */
import { compare, iota, slice, sort, type Value } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const topK = lowering<"x", { readonly k: number; readonly sorted: boolean }>("TopK", ({ x }, { k }) => {
  const { shape } = x.value.type;
  const dim = shape.length - 1;
  const indices = iota({ shape, element: "i32" }, dim);
  const [values, order] = sort([x.value, indices], {
    dim,
    stable: true,
    before: ([a], [b]) => compare("GT", a as Value, b as Value),
  }) as [Value, Value];
  const first = (all: Value) =>
    slice(
      all,
      shape.map(() => 0),
      shape.map((extent, i) => (i === dim ? k : extent)),
    );
  return [
    { value: first(values), dtype: x.dtype },
    { value: first(order), dtype: "int32" },
  ];
});
