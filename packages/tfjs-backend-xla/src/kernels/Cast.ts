/** Cast: values in another dtype. Floats lose their fraction, numbers become booleans by being unequal to zero. */
import { convert } from "@l3m/stablehlo";
import { type DataType } from "@tensorflow/tfjs-core";
import { elementOf } from "../backend/element.ts";
import { lowering } from "../lowering/kernel.ts";

export const cast = lowering<"x", { readonly dtype: DataType }>("Cast", ({ x }, { dtype }) => {
  if (dtype === x.dtype) return x;
  return { value: convert(x.value, elementOf(dtype)), dtype };
});
