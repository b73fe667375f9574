/** Parameter groups with a learning-rate factor and a weight decay each. */
import { matchesGlob, type ParamSpec } from "@l3m/core";
import type { ParamGroup, ParamGroups } from "./param-groups.ts";

/** Learning-rate factor and weight decay of the parameters of one cell. */
export type LrWd = readonly [lrScale: number, weightDecay: number];

export interface LrWdGridOptions {
  /** `fnmatch` patterns of parameters without decay, whatever their cell says. */
  readonly wdExclude?: readonly string[] | null | undefined;
  /** Reproduce ml-l3m's bugs: excluded parameters keep the decay of their cell, and `noDecayNames` is empty. Default false. */
  readonly compat?: boolean | undefined;
}

type Spec = Pick<ParamSpec, "path" | "trainable">;

/**
 * Groups the trainable parameters by the first key of `grid` that their path holds (`*key*` as `fnmatch` pattern); the others
 * train at factor 1 without decay. One group per (key, excluded or not), in order of first appearance.
 */
export function lrWdGridGroups(
  specs: readonly Spec[],
  grid: Readonly<Record<string, LrWd>>,
  options: LrWdGridOptions = {},
): ParamGroups {
  return gridGroups(specs, grid, (path) => Object.keys(grid).find((key) => matchesGlob(path, `*${key}*`)), options);
}

/** The same with another way to find the key of a path. */
export function gridGroups(
  specs: readonly Spec[],
  grid: Readonly<Record<string, LrWd>>,
  keyOf: (path: string) => string | undefined,
  { wdExclude, compat = false }: LrWdGridOptions,
): ParamGroups {
  const paths = specs.filter(({ trainable }) => trainable).map(({ path }) => path);
  const excluded = new Set(paths.filter((path) => (wdExclude ?? []).some((pattern) => matchesGlob(path, pattern))));
  const groups = new Map<string, ParamGroup & { params: string[] }>();
  for (const path of paths) {
    const key = keyOf(path);
    const [lrScale, cellDecay] = (key === undefined ? undefined : grid[key]) ?? [1, 0];
    const id = `${excluded.has(path)} ${key ?? ""}`;
    const weightDecay = excluded.has(path) && !compat ? 0 : cellDecay;
    const group = groups.get(id) ?? { params: [], weightDecay, lrScale };
    group.params.push(path);
    groups.set(id, group);
  }
  return { groups: [...groups.values()], noDecayNames: compat ? [] : [...excluded] };
}
