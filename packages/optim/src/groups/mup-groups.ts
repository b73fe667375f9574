/** Parameter groups of muP. */
import { matchesGlob, type ParamSpec } from "@l3m/core";
import { mupFactors, type MupOptions } from "./mup.ts";
import type { ParamGroup, ParamGroups } from "./param-groups.ts";

export interface MupGroupOptions {
  /** Default 0. */
  readonly weightDecay?: number;
  /** `fnmatch` patterns of parameters without decay. */
  readonly wdExclude?: readonly string[] | null | undefined;
}

/**
 * Every trainable parameter that an entry matches is a group of its own with the entry's learning-rate factor; then the other
 * ones that decay, and those that do not (only if there are any). Weight decay itself is not scaled: `adam-w` decays by
 * `lr lrScale wd` per step, `adam-lh` by `wd lr lrScale / lr0`. `noDecayNames` names matched parameters first.
 *
 * @throws L3M_BAD_OPTION for a `base_width` that is no number above 0
 */
export function mupParamGroups(
  specs: readonly Pick<ParamSpec, "path" | "trainable">[],
  mup: MupOptions,
  { weightDecay = 0, wdExclude }: MupGroupOptions = {},
): ParamGroups {
  const paths = specs.filter(({ trainable }) => trainable).map(({ path }) => path);
  const { factors, warnings } = mupFactors(paths, mup, "lr_scale_expr");
  const decays = (path: string): boolean => !(wdExclude ?? []).some((pattern) => matchesGlob(path, pattern));
  const others = paths.filter((path) => !factors.has(path));
  const decaying = others.filter(decays);
  const still = others.filter((path) => !decays(path));
  const groups: ParamGroup[] = [...factors].map(([path, lrScale]) => ({
    params: [path],
    lrScale,
    weightDecay: decays(path) ? weightDecay : 0,
  }));
  if (decaying.length > 0) groups.push({ params: decaying, weightDecay });
  if (still.length > 0) groups.push({ params: still, weightDecay: 0 });
  return { groups, noDecayNames: [...[...factors.keys()].filter((path) => !decays(path)), ...still], warnings };
}
