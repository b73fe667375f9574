/** `param_groups`: which parameters train, decay and learn at which share of the learning rate. */
import { build } from "@l3m/core";
import {
  countTrainable,
  freezeParams,
  groupParams,
  type LrWd,
  lrWdGridGroups,
  type MupOptions,
  mupParamGroups,
  paramGroups,
  type ParamGroups,
  probeParamGroups,
} from "@l3m/optim";
import { Comparison, DOUBLE_PRECISION } from "../comparison.ts";
import { expectedField, isAffected } from "../expectations.ts";
import type { GoldenCase } from "../golden-case.ts";
import type { Handler, Surroundings } from "../handler.ts";

type Row = Readonly<Record<string, unknown>>;
type Patterns = readonly string[] | null | undefined;

interface Spec {
  readonly path: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

interface Grouped extends ParamGroups {
  /** After freezing. */
  readonly specs: readonly Spec[];
  /** Settings that every group has. */
  readonly common: Row;
}

type Grouper = (specs: readonly Spec[], options: Row, surroundings: Surroundings) => Grouped;

const byPatterns: Grouper = (specs, options, { compat }) => ({
  ...paramGroups(specs, {
    weightDecay: options["weight_decay"] as number,
    wdExclude: options["wd_exclude_list"] as Patterns,
    layerDecay: options["layer_decay"] as number | null,
    lrScalers: options["lr_scalers"] as Record<string, number> | null,
    compat,
  }),
  specs,
  common: {},
});

/** Settings that upstream's functions share. */
const shared = (options: Row, { compat }: Surroundings) => ({
  weightDecay: (options["weight_decay"] as number | undefined) ?? 0,
  wdExclude: options["wd_exclude_list"] as Patterns,
  compat,
});

/** Upstream's functions, by what stands for them here. */
const GROUPERS: Readonly<Record<string, Grouper>> = {
  "l3m.optim.optimizer.get_param_groups": byPatterns,
  "l3m.optim.optimizer.param_groups_lrd": byPatterns,
  "l3m.optim.optimizer.get_param_groups_with_lr_scalers": byPatterns,
  "l3m.optim.optimizer.get_param_groups_with_lr_wd_grid": (specs, options, surroundings) => ({
    ...lrWdGridGroups(specs, options["lr_wd_grid"] as Record<string, LrWd>, shared(options, surroundings)),
    specs,
    common: {},
  }),
  "l3m.optim.optimizer.get_probe_param_groups": (specs, options, surroundings) => ({
    ...probeParamGroups(specs, { ...shared(options, surroundings), baseLr: options["base_lr"] as number }),
    specs,
    common: {},
  }),
  "l3m.optim.mup.create_mup_param_groups": (specs, options, surroundings) => ({
    ...mupParamGroups(specs, options["mup_cfg"] as MupOptions, shared(options, surroundings)),
    specs,
    common: {},
  }),
  "l3m.optim.optimizer.create_optimizer": (all, options, { registry, compat }) => {
    const node = options["optimizer"] as Row;
    const optimizer = build(registry, "optimizer", node, { compat }).product;
    const specs = freezeParams(all, {
      freeze: options["freeze_list"] as Patterns,
      unfreeze: options["unfreeze_list"] as Patterns,
    });
    const { groups, noDecayNames } = groupParams(specs, {
      baseLr: optimizer.lr,
      weightDecay: optimizer.weightDecay,
      wdExclude: options["wd_exclude"] as Patterns,
      layerDecay: options["lr_decay"] as number | null,
      lrScalers: options["lr_scalers"] as Record<string, number> | null,
      mup: options["mup"] as MupOptions | null,
      probeHparamSearch: options["probe_hparam_search"] as boolean,
      compat,
    });
    return { groups, noDecayNames, specs, common: { ...node, lr: optimizer.lr } };
  },
};

export const paramGroupsHandler: Handler = {
  builds: ({ target, options }) => [target, options],
  functions: GROUPERS,
  run(golden, surroundings) {
    const model = golden.fields["model"] as {
      readonly parameters: readonly {
        readonly name: string;
        readonly shape: readonly number[];
        readonly trainable?: boolean;
      }[];
    };
    const all = model.parameters.map(({ name, shape, trainable }): Spec => ({
      path: name,
      shape,
      trainable: trainable ?? true,
    }));
    const grouped = (GROUPERS[golden.target] as Grouper)(all, golden.options, surroundings);
    const comparison = new Comparison();
    compareGroups(golden, surroundings.compat, grouped, comparison);
    const noDecay = expectedField(golden, surroundings.compat, "no_decay_names");
    if (noDecay !== undefined) comparison.exact("no_decay_names", grouped.noDecayNames, noDecay);
    const { frozen, trainable_elements: elements } = golden.fields;
    if (frozen !== undefined)
      comparison.exact(
        "frozen",
        grouped.specs.filter(({ trainable }) => !trainable).map(({ path }) => path),
        frozen,
      );
    if (elements !== undefined) comparison.exact("trainable_elements", countTrainable(grouped.specs), elements);
    return comparison;
  },
};

function compareGroups(golden: GoldenCase, compat: boolean, { groups, common }: Grouped, comparison: Comparison): void {
  const got = groups.map(({ params, weightDecay, lrScale }): Row => ({
    ...common,
    params,
    weight_decay: weightDecay,
    lr_scale: lrScale,
  }));
  const expected = golden.fields["groups"] as readonly Row[];
  if (!isAffected(golden, compat, "groups")) return comparison.value("groups", got, expected, DOUBLE_PRECISION);
  // grouping is free: compare the settings of every parameter
  const changed = (golden.fixedValues["per_parameter"] ?? {}) as Readonly<Record<string, Row>>;
  const settings = byParameter(got);
  for (const [name, row] of byParameter(expected))
    comparison.value(name, settings.get(name), { ...row, ...changed[name] }, DOUBLE_PRECISION);
}

function byParameter(groups: readonly Row[]): Map<string, Row> {
  return new Map(
    groups.flatMap(({ params, ...settings }) => (params as readonly string[]).map((name) => [name, settings] as const)),
  );
}
