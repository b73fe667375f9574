/** Initial values of muP. */
import type { ParamSpec } from "@l3m/core";
import { type MupFactors, mupFactors, type MupOptions } from "./mup.ts";

/**
 * The factors that muP puts on the values of trainable parameters before the first step, whatever these values are: freshly
 * drawn, or loaded from the checkpoint of another model. Parameters without an entry are not in the map. A run that is resumed
 * is not scaled again, since its checkpoint holds what became of the scaled values.
 *
 * @throws L3M_BAD_OPTION for a `base_width` that is no number above 0
 */
export function mupInit(specs: readonly Pick<ParamSpec, "path" | "trainable">[], mup: MupOptions): MupFactors {
  const paths = specs.filter(({ trainable }) => trainable).map(({ path }) => path);
  return mupFactors(paths, mup, "init_scale_expr");
}
