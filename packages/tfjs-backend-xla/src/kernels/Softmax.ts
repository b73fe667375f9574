/** Softmax: e^x / sum(e^x) along the last axis, shifted by the maximum. */
import { broadcastInDim, convert, divide, exp, reduce, subtract, type Value } from "@l3m/stablehlo";
import { normalizeAxis } from "../lowering/axes.ts";
import { toFloat } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const softmax = lowering<"logits", { readonly dim: number }>("Softmax", ({ logits }, { dim }) => {
  const x = toFloat(logits.value);
  const { shape, element } = x.type;
  const axis = normalizeAxis(dim, shape.length);
  const over = (reduced: Value) =>
    broadcastInDim(
      reduced,
      shape,
      shape.map((_, i) => i).filter((i) => i !== axis),
    );
  const wide = convert(x, "f32");
  const powers = exp(subtract(wide, over(reduce(wide, { dims: [axis], kind: "maximum" }))));
  const value = divide(powers, over(reduce(powers, { dims: [axis], kind: "add" })));
  return { value: convert(value, element), dtype: "float32" };
});
