import { readFileSync } from "node:fs";
import { matchesGlob, type ParamSpec } from "@l3m/core";
import {
  countTrainable,
  freezeParams,
  groupParams,
  layerIdForVit,
  lrWdGridGroups,
  mupInit,
  type MupOptions,
  mupParamGroups,
  paramGroups,
  type ParamGroupOptions,
  probeParamGroups,
} from "@l3m/optim";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

type Spec = Pick<ParamSpec, "path" | "shape" | "trainable">;

interface GroupCase {
  readonly options: Record<string, never>;
  readonly model: { readonly parameters: readonly { name: string; shape: number[]; trainable?: boolean }[] };
  readonly groups: readonly { params: string[]; weight_decay: number; lr_scale?: number }[];
  readonly no_decay_names?: readonly string[];
  readonly fixed_values?: { readonly no_decay_names?: readonly string[] };
  readonly frozen?: readonly string[];
  readonly trainable_elements?: number;
}

function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tools/goldens/optim/${name}.json`, import.meta.url), "utf8")) as T;
}

function specsOf(golden: GroupCase): Spec[] {
  return golden.model.parameters.map(({ name, shape, trainable }) => ({
    path: name,
    shape,
    trainable: trainable ?? true,
  }));
}

function inUpstreamWords(groups: ReturnType<typeof paramGroups>["groups"]): unknown {
  return groups.map(({ params, weightDecay, lrScale }) => ({
    params,
    weight_decay: weightDecay,
    ...(lrScale === undefined ? {} : { lr_scale: lrScale }),
  }));
}

describe("groups", () => {
  it.each(["param_groups_plain", "param_groups_frozen", "param_groups_layer_decay", "param_groups_lr_scalers"])(
    "%s",
    (name) => {
      const recorded = golden<GroupCase>(name);
      const o = recorded.options as Record<string, unknown>;
      const options = {
        weightDecay: o["weight_decay"],
        wdExclude: o["wd_exclude_list"],
        layerDecay: o["layer_decay"],
        lrScalers: o["lr_scalers"],
      } as ParamGroupOptions;
      const { groups, noDecayNames } = paramGroups(specsOf(recorded), options);
      expect(inUpstreamWords(groups)).toEqual(recorded.groups);
      expect(noDecayNames).toEqual(recorded.fixed_values?.no_decay_names ?? recorded.no_decay_names);
    },
  );

  it.each(["create_optimizer_freeze", "create_optimizer_layer_decay"])("%s", (name) => {
    const recorded = golden<GroupCase>(name);
    const o = recorded.options as Record<string, unknown>;
    const specs = freezeParams(specsOf(recorded), {
      freeze: o["freeze_list"],
      unfreeze: o["unfreeze_list"],
    } as Parameters<typeof freezeParams>[1]);
    expect(specs.filter((spec) => !spec.trainable).map((spec) => spec.path)).toEqual(recorded.frozen);
    expect(countTrainable(specs)).toBe(recorded.trainable_elements);
    const weightDecay = (o["optimizer"] as { weight_decay: number }).weight_decay;
    const { groups } = paramGroups(specs, {
      weightDecay,
      wdExclude: o["wd_exclude"],
      layerDecay: o["lr_decay"],
    } as ParamGroupOptions);
    const wanted = recorded.groups.map(({ params, weight_decay, lr_scale }) => ({
      params,
      weight_decay,
      ...(lr_scale === undefined ? {} : { lr_scale }),
    }));
    expect(inUpstreamWords(groups)).toEqual(wanted);
  });

  it("puts every trainable parameter into exactly one group", () => {
    const names = fc.uniqueArray(
      fc.constantFrom("trunk.blocks.0.w", "trunk.blocks.1.bias", "head.w", "head.norm.w", "preprocessor.pos"),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(names, fc.double({ min: 0.1, max: 1, noNaN: true }), fc.boolean(), (paths, factor, byLayer) => {
        const specs = paths.map((path, i) => ({ path, shape: [2], trainable: i % 3 !== 2 }));
        const hasBlocks = paths.some((path) => path.startsWith("trunk.blocks"));
        const { groups } = paramGroups(
          specs,
          byLayer && hasBlocks ? { layerDecay: factor, wdExclude: ["*bias"] } : { lrScalers: { head: factor } },
        );
        expect(groups.flatMap(({ params }) => params).sort()).toEqual(
          specs
            .filter((spec) => spec.trainable)
            .map((spec) => spec.path)
            .sort(),
        );
      }),
    );
  });

  it("refuses layer-wise rates for a model without trunk.blocks", () => {
    expect(() => paramGroups([{ path: "models.a.trunk.blocks.0.w", trainable: true }], { layerDecay: 0.5 })).toThrow(
      /trunk\.blocks/,
    );
  });
});

/** Settings of every parameter. */
function byPath(groups: ReturnType<typeof paramGroups>["groups"]): Record<string, [lrScale: number, wd: number]> {
  return Object.fromEntries(
    groups.flatMap(({ params, lrScale = 1, weightDecay }) => params.map((path) => [path, [lrScale, weightDecay]])),
  );
}

const trained = (...paths: string[]): { path: string; trainable: boolean }[] =>
  paths.map((path) => ({ path, trainable: true }));

describe("probe groups", () => {
  const head = (name: string): string => `head.heads.${name}.fc.weight`;
  const [plain, small, tiny] = [
    "HP_LR_0,1_BN_False_WD_0,0",
    "HP_LR_0,1_BN_False_WD_0,01",
    "HP_LR_1e-05_BN_True",
  ] as const;
  const specs = trained("trunk.w", head(plain), head(small), head(tiny), `head.heads.${small}.fc.bias`);
  const options = { baseLr: 0.1, weightDecay: 0.5, wdExclude: ["*bias"] };

  it("read each head's own name", () => {
    const { groups, noDecayNames } = probeParamGroups(specs, options);
    expect(byPath(groups)).toEqual({
      "trunk.w": [1, 0],
      [head(plain)]: [1, 0],
      [head(small)]: [1, 0.01],
      [head(tiny)]: [1e-5 / 0.1, 0.5],
      [`head.heads.${small}.fc.bias`]: [1, 0],
    });
    expect(noDecayNames).toEqual([`head.heads.${small}.fc.bias`]);
  });

  it("with compat, take the settings of a head whose name theirs begins with", () => {
    const { groups, noDecayNames } = probeParamGroups(specs, { ...options, compat: true });
    expect(byPath(groups)[head(small)]).toEqual([1, 0]);
    expect(noDecayNames).toEqual([]);
  });

  it("refuse a model without probes, unreadable names and a base rate of 0", () => {
    expect(() => probeParamGroups(trained("head.weight"), options)).toThrow(/head\.heads\.<name>/);
    expect(() => probeParamGroups(trained(head("LR_0,1")), options)).toThrow(/HP_LR_<lr>/);
    expect(() => probeParamGroups(trained(head("HP_LR_fast_BN_True")), options)).toThrow(/HP_LR_<lr>/);
    expect(() => probeParamGroups(specs, { baseLr: 0 })).toThrow(/optim\.optimizer\.lr/);
  });
});

it("a grid gives the first cell whose key a path holds; exclusion wins over it", () => {
  const specs = trained("trunk.blocks.0.w", "trunk.blocks.0.bias", "trunk.blocks.1.w", "head.w");
  const grid = { "blocks.0": [2, 0.3], trunk: [0.5, 0.1] } as const;
  const settings = { wdExclude: ["*bias"] };
  expect(byPath(lrWdGridGroups(specs, grid, settings).groups)).toEqual({
    "trunk.blocks.0.w": [2, 0.3],
    "trunk.blocks.0.bias": [2, 0],
    "trunk.blocks.1.w": [0.5, 0.1],
    "head.w": [1, 0],
  });
  expect(byPath(lrWdGridGroups(specs, grid, { ...settings, compat: true }).groups)["trunk.blocks.0.bias"]).toEqual([
    2, 0.3,
  ]);
});

describe("muP", () => {
  const mup: MupOptions = {
    base_width: 256,
    param_groups: [
      {
        pattern: "trunk.*.weight",
        width: 1024,
        lr_scale_expr: "base_width / width",
        init_scale_expr: "math.sqrt(base_width / width)",
      },
      { pattern: "head.*", width: 1024, lr_scale_expr: "1 / zero" },
      { pattern: "trunk.*", lr_scale_expr: 0.5 },
      { pattern: "nothing.*" },
    ],
  };
  const specs = [
    ...trained("embed.weight", "trunk.0.weight", "trunk.0.bias", "trunk.1.weight", "head.weight", "head.bias"),
    { path: "trunk.2.weight", trainable: false },
  ];

  it("one group per matched parameter by its first entry; the others as usual", () => {
    const { groups, noDecayNames, warnings } = mupParamGroups(specs, mup, { weightDecay: 0.1, wdExclude: ["*bias"] });
    expect(groups).toEqual([
      { params: ["trunk.0.weight"], lrScale: 0.25, weightDecay: 0.1 },
      { params: ["trunk.0.bias"], lrScale: 0.5, weightDecay: 0 },
      { params: ["trunk.1.weight"], lrScale: 0.25, weightDecay: 0.1 },
      { params: ["head.weight"], lrScale: 1, weightDecay: 0.1 },
      { params: ["head.bias"], lrScale: 1, weightDecay: 0 },
      { params: ["embed.weight"], weightDecay: 0.1 },
    ]);
    expect(noDecayNames).toEqual(["trunk.0.bias", "head.bias"]);
    expect(warnings).toHaveLength(2);
    expect(warnings?.[0]).toMatch(/param_groups\.1\.lr_scale_expr.*"1 \/ zero".*counts as 1/);
    expect(warnings?.[1]).toMatch(/param_groups\.3.*"nothing\.\*" matches no/);
  });

  it("scales the initial values of trained parameters", () => {
    const { factors } = mupInit(specs, mup);
    expect(Object.fromEntries(factors)).toEqual({
      "trunk.0.weight": 0.5,
      "trunk.0.bias": 1,
      "trunk.1.weight": 0.5,
      "head.weight": 1,
      "head.bias": 1,
    });
  });

  it("needs a base width", () => {
    for (const base_width of [0, -1, NaN]) expect(() => mupInit(specs, { ...mup, base_width })).toThrow(/base_width/);
  });

  it("comes before every other way, and says which settings do nothing", () => {
    const { groups, warnings } = groupParams(specs, { baseLr: 1, mup, lrScalers: { head: 2 }, layerDecay: 0.5 });
    expect(groups[0]).toMatchObject({ params: ["trunk.0.weight"], lrScale: 0.25 });
    expect(warnings?.slice(-2)).toEqual([
      "optim.lr_scalers does nothing beside optim.mup.",
      "optim.lr_decay does nothing beside optim.mup.",
    ]);
    expect(groupParams(specs, { baseLr: 1, lrScalers: { head: 2 } }).warnings).toEqual([]);
  });
});

it("numbers layers", () => {
  const { table } = golden<{ table: readonly { name: string; num_layers: number; layer_id: number }[] }>("layer_ids");
  for (const { name, num_layers, layer_id } of table)
    expect([name, layerIdForVit(name, num_layers)]).toEqual([name, layer_id]);
});

it("matches names as fnmatch does", () => {
  const { table, names } = golden<{ table: readonly { pattern: string; matches: string[] }[]; names: string[] }>(
    "fnmatch",
  );
  for (const { pattern, matches } of table)
    expect([pattern, names.filter((name) => matchesGlob(name, pattern))]).toEqual([pattern, matches]);
});
