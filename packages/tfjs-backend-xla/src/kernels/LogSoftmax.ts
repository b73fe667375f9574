/** LogSoftmax: x - log(sum(e^x)) along an axis, shifted by the maximum. */
import { broadcastInDim, convert, exp, log, reduce, subtract, type Value } from "@l3m/stablehlo";
import { normalizeAxis } from "../lowering/axes.ts";
import { toFloat } from "../lowering/broadcast.ts";
import { lowering } from "../lowering/kernel.ts";

export const logSoftmax = lowering<"logits", { readonly axis: number }>("LogSoftmax", ({ logits }, attrs) => {
  const x = toFloat(logits.value);
  const { shape, element } = x.type;
  const axis = normalizeAxis(attrs.axis, shape.length);
  const over = (reduced: Value) =>
    broadcastInDim(
      reduced,
      shape,
      shape.map((_, i) => i).filter((i) => i !== axis),
    );
  const wide = convert(x, "f32");
  const shifted = subtract(wide, over(reduce(wide, { dims: [axis], kind: "maximum" })));
  const value = subtract(shifted, over(log(reduce(exp(shifted), { dims: [axis], kind: "add" }))));
  return { value: convert(value, element), dtype: "float32" };
});
