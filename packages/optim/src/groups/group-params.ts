/** Which way of grouping a config asks for. */
import type { ParamSpec } from "@l3m/core";
import { mupParamGroups } from "./mup-groups.ts";
import type { MupOptions } from "./mup.ts";
import { paramGroups, type ParamGroupOptions, type ParamGroups } from "./param-groups.ts";
import { probeParamGroups } from "./probe-groups.ts";

export interface GroupingOptions extends ParamGroupOptions {
  /** Learning rate of the optimizer's options. */
  readonly baseLr: number;
  readonly mup?: MupOptions | null | undefined;
  /** Read learning rates and weight decays from the names of probe heads. Default false. */
  readonly probeHparamSearch?: boolean | undefined;
}

/**
 * Groups by muP if there is any, else by probe heads if a search is asked for, else by `lrScalers`, else by `layerDecay`, else
 * into decaying and not decaying parameters (ml-l3m `create_optimizer`). `warnings` names settings that therefore do nothing.
 */
export function groupParams(
  specs: readonly Pick<ParamSpec, "path" | "trainable">[],
  options: GroupingOptions,
): ParamGroups {
  const { mup, probeHparamSearch = false, lrScalers, layerDecay } = options;
  const settings = [
    ["mup", mup != null, () => mupParamGroups(specs, mup as MupOptions, options)],
    ["probe_hparam_search", probeHparamSearch, () => probeParamGroups(specs, options)],
    ["lr_scalers", lrScalers != null, () => paramGroups(specs, options)],
    ["lr_decay", layerDecay != null, () => paramGroups(specs, options)],
  ] as const;
  const [first, ...others] = settings.filter(([, isSet]) => isSet);
  if (first === undefined) return paramGroups(specs, options);
  const [winner, , group] = first;
  const grouped = group();
  const idle = others.map(([name]) => `optim.${name} does nothing beside optim.${winner}.`);
  return { ...grouped, warnings: [...(grouped.warnings ?? []), ...idle] };
}
