/** How wide the heads of an attention are. */
import { L3mError } from "@l3m/errors";
import type { BuildContext } from "../build/build-context.ts";

/**
 * Width d of one of `heads` heads that share `dim` evenly.
 *
 * @throws L3M_BAD_OPTION when they cannot
 */
export function evenHeadWidth(context: BuildContext, dim: number, heads: number): number {
  if (dim % heads === 0) return dim / heads;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "The heads share the width evenly.",
    where: { path: `${context.where}.num_heads` },
    expected: `a divisor of dim = ${dim}`,
    got: `${heads}`,
    fix: "Change num_heads or dim.",
  });
}
