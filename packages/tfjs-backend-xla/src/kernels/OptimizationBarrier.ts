/** OptimizationBarrier: values that XLA may not compute through. */
import { optimizationBarrier as lower } from "@l3m/stablehlo";
import { listLowering, type Operand } from "../lowering/kernel.ts";

export const optimizationBarrier = listLowering("OptimizationBarrier", (inputs) => {
  const fenced = lower(inputs.map(({ value }) => value));
  return fenced.map((value, i) => ({ value, dtype: (inputs[i] as Operand).dtype }));
});
