/** LogicalNot: not x. */
import { convert, not } from "@l3m/stablehlo";
import { lowering } from "../lowering/kernel.ts";

export const logicalNot = lowering<"x">("LogicalNot", ({ x }) => ({
  value: not(convert(x.value, "i1")),
  dtype: "bool",
}));
