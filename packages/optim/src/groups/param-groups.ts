/** Parameter groups: who decays, and who learns at what share of the learning rate. */
import { L3mError, matchesGlob, type ParamSpec } from "@l3m/core";
import { layerIdForVit } from "./layer-id.ts";

/** Parameters that share their settings. */
export interface ParamGroup {
  /** Paths in declaration order. */
  readonly params: readonly string[];
  readonly weightDecay: number;
  /** Factor on the scheduled learning rate; absent means 1. */
  readonly lrScale?: number;
}

export interface ParamGroups {
  readonly groups: readonly ParamGroup[];
  /** Paths without weight decay, in declaration order. */
  readonly noDecayNames: readonly string[];
  /** What the reader of a config should know, a sentence each. */
  readonly warnings?: readonly string[];
}

export interface ParamGroupOptions {
  /** Default 0.05. */
  readonly weightDecay?: number;
  /** `fnmatch` patterns of parameters without decay. */
  readonly wdExclude?: readonly string[] | null | undefined;
  /** Layer-wise learning rates: block k of n trains at `layerDecay^(n - 1 - k)` of the rate (Clark et al. 2020). */
  readonly layerDecay?: number | null | undefined;
  /** Learning rate factors by substring pattern of the path (`*key*`), first match wins; excludes layerDecay. */
  readonly lrScalers?: Readonly<Record<string, number>> | null | undefined;
  /** Reproduce ml-l3m's bug: with `lrScalers`, `noDecayNames` stays empty. Default false. */
  readonly compat?: boolean | undefined;
}

type Spec = Pick<ParamSpec, "path" | "trainable">;

/**
 * Groups the trainable parameters. Plain: the decaying ones, then the others (both groups always). With `lrScalers` or
 * `layerDecay`: one group per (factor, decays or not), in order of first appearance.
 *
 * @throws L3M_BAD_OPTION for `layerDecay` on a model without `trunk.blocks`.
 */
export function paramGroups(specs: readonly Spec[], options: ParamGroupOptions = {}): ParamGroups {
  const { weightDecay = 0.05, wdExclude, layerDecay, lrScalers, compat = false } = options;
  const decays = (path: string): boolean => !(wdExclude ?? []).some((pattern) => matchesGlob(path, pattern));
  const trainable = specs.filter((spec) => spec.trainable).map((spec) => spec.path);
  const noDecayNames = trainable.filter((path) => !decays(path));
  if (lrScalers == null && layerDecay == null) {
    return {
      groups: [
        { params: trainable.filter(decays), weightDecay },
        { params: noDecayNames, weightDecay: 0 },
      ],
      noDecayNames,
    };
  }
  const scaleOf = lrScalers != null ? scalerOf(lrScalers) : layerScale(specs, layerDecay as number);
  const groups = new Map<string, ParamGroup & { params: string[] }>();
  for (const path of trainable) {
    const { key, lrScale } = scaleOf(path);
    const group = groups.get(`${key} ${decays(path)}`) ?? {
      params: [],
      weightDecay: decays(path) ? weightDecay : 0,
      lrScale,
    };
    group.params.push(path);
    groups.set(`${key} ${decays(path)}`, group);
  }
  return { groups: [...groups.values()], noDecayNames: compat && lrScalers != null ? [] : noDecayNames };
}

type ScaleOf = (path: string) => { readonly key: string; readonly lrScale: number };

function scalerOf(scalers: Readonly<Record<string, number>>): ScaleOf {
  return (path) => {
    const found = Object.entries(scalers).find(([key]) => matchesGlob(path, `*${key}*`));
    return found === undefined ? { key: "", lrScale: 1 } : { key: found[0], lrScale: found[1] };
  };
}

function layerScale(specs: readonly Spec[], decay: number): ScaleOf {
  const blocks = new Set(specs.flatMap(({ path }) => /^trunk\.blocks\.(\d+)\./.exec(path)?.[1] ?? []));
  if (blocks.size === 0) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "lr_decay needs a model with trunk.blocks.",
      where: { path: "optim.lr_decay" },
      expected: "parameters called trunk.blocks.<i>.*",
      got:
        specs
          .slice(0, 3)
          .map(({ path }) => path)
          .join(", ") || "no parameters",
      fix: "Use lr_scalers, or remove lr_decay.",
    });
  }
  const last = blocks.size + 1;
  return (path) => {
    const id = layerIdForVit(path, last);
    return { key: `${id}`, lrScale: decay ** (last - id) };
  };
}
