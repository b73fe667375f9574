import { readFileSync } from "node:fs";
import { matchesGlob, type ParamSpec } from "@l3m/core";
import { countTrainable, freezeParams, layerIdForVit, paramGroups, type ParamGroupOptions } from "@l3m/optim";
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
