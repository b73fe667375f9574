/** AddN: the sum of a list of tensors. */
import { add } from "@l3m/stablehlo";
import { unify } from "../lowering/broadcast.ts";
import { listLowering, type Operand } from "../lowering/kernel.ts";

export const addN = listLowering("AddN", (inputs) => {
  const [first, ...rest] = inputs as [Operand, ...Operand[]];
  return { value: rest.reduce((sum, { value }) => add(...unify(sum, value)), first.value), dtype: first.dtype };
});
