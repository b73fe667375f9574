/** Parameter groups of probes that search their own hyper-parameters. */
import { L3mError, type ParamSpec } from "@l3m/core";
import { gridGroups, lrWdGridGroups, type LrWd } from "./lr-wd-grid.ts";
import type { ParamGroups } from "./param-groups.ts";

export interface ProbeGroupOptions {
  /** Learning rate of the optimizer's options. The schedule starts from it; a head trains at its own rate over this one. */
  readonly baseLr: number;
  /** Decay of the heads whose name gives none. Default 0. */
  readonly weightDecay?: number;
  /** `fnmatch` patterns of parameters without decay. */
  readonly wdExclude?: readonly string[] | null | undefined;
  /**
   * Reproduce ml-l3m's bugs: a head takes the settings of the first head whose name its own begins with (`..._WD_0,01` those of
   * `..._WD_0,0`), excluded parameters decay all the same, and `noDecayNames` is empty. Default false.
   */
  readonly compat?: boolean | undefined;
}

/** Where the heads of `heads/probe-hparam-search-wrapper` are in a model. */
const HEAD = /^head\.heads\.([^.]+)\./;

/**
 * One group per head and per decaying or not, with the learning rate and weight decay that the head's name gives:
 * `HP_LR_<lr>_BN_<True|False>[_WD_<wd>]`, a comma for the point. Everything outside the heads trains at factor 1 without decay;
 * a search freezes it (`freeze_list`).
 *
 * @throws L3M_BAD_OPTION for a model without such heads, a name that cannot be read, and a base rate of 0
 */
export function probeParamGroups(
  specs: readonly Pick<ParamSpec, "path" | "trainable">[],
  options: ProbeGroupOptions,
): ParamGroups {
  const { baseLr, weightDecay = 0, wdExclude, compat = false } = options;
  const headOf = (path: string): string | undefined => HEAD.exec(path)?.[1];
  const heads = new Set(specs.flatMap(({ path }) => headOf(path) ?? []));
  if (heads.size === 0)
    throw probeError(
      "The model has no heads to search with.",
      "parameters called head.heads.<name>.*",
      specs[0]?.path ?? "no parameters",
      "Make the head of the model a heads/probe-hparam-search-wrapper, or remove probe_hparam_search.",
    );
  if (!(baseLr > 0))
    throw probeError(
      "The rates of the heads are relative to that of the optimizer.",
      "optim.optimizer.lr above 0",
      `${baseLr}`,
      "Set optim.optimizer.lr to the peak of the schedule.",
    );
  const grid = Object.fromEntries(
    [...heads].map((name): [string, LrWd] => {
      const { lr, decay = weightDecay } = readHeadName(name);
      return [name, [lr / baseLr, decay]];
    }),
  );
  const settings = { wdExclude, compat };
  return compat ? lrWdGridGroups(specs, grid, settings) : gridGroups(specs, grid, headOf, settings);
}

/** Learning rate and weight decay in a head's name. */
function readHeadName(name: string): { readonly lr: number; readonly decay: number | undefined } {
  const fields = name.split("_");
  const number = (field: string | undefined): number => Number((field || "none").replaceAll(",", "."));
  const lr = number(fields[2]);
  const decay = fields.at(-2) === "WD" ? number(fields.at(-1)) : undefined;
  if (fields[0] !== "HP" || !Number.isFinite(lr) || (decay !== undefined && !Number.isFinite(decay)))
    throw probeError(
      "The name of a head does not give its learning rate.",
      "HP_LR_<lr>_BN_<True|False>, and _WD_<wd> after it if it has its own",
      name,
      "Let heads/probe-hparam-search-wrapper name its heads.",
    );
  return { lr, decay };
}

function probeError(message: string, expected: string, got: string, fix: string): L3mError {
  return new L3mError("L3M_BAD_OPTION", { message, where: { path: "optim.probe_hparam_search" }, expected, got, fix });
}
