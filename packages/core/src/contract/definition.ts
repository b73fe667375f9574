/** How things are declared: one definition object per registered thing. */
import type { OptionSchema, OptionsOf } from "./option-schema.ts";
import type { Kind } from "./kinds.ts";
import type { Ports } from "./ports.ts";
import type { Products } from "./products.ts";
import type { SlotSpec, SlotValues } from "./slots.ts";
import type { BuildContext } from "../build/build-context.ts";

/** What every definition says about itself. */
export interface DefinitionHead {
  /** kebab-case; the file has the same name. Registered as `<namespace>/<name>`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Upstream dotted paths that mean this thing. */
  readonly aliases?: readonly string[];
  /** Names of positional arguments (`_args_` in upstream configs), in order. A last `"...layers"` takes all that remain as a list. */
  readonly positional?: readonly string[];
  /** Names of a layer's inputs after `x`, for callers that pass them by position. */
  readonly inputs?: readonly string[];
  /** Own option names of what a parent supplies, where they differ: `{ dim: "normalized_shape" }`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Names that options have in ml-l3m where ours differ: `{ block: "layer" }`. */
  readonly upstream?: Readonly<Record<string, string>>;
  /** Upstream options that are accepted and have no effect. */
  readonly ignores?: readonly string[];
}

type Slots = Record<string, SlotSpec>;
type NoSlots = Record<never, SlotSpec>;

/** A declaration before its types are erased. */
export interface DefinitionSpec<K extends Kind, S extends OptionSchema, T extends Slots> extends DefinitionHead {
  /** Strict schema of the options that are no slots. */
  readonly options: S;
  readonly slots?: T;
  /** Of blocks and losses whose ports do not depend on options: what they read and write, for tools. */
  readonly ports?: Ports;
  build(options: OptionsOf<S> & SlotValues<T>, context: BuildContext): Products[K];
}

/** A registered thing as the registry sees it. */
export interface Definition<K extends Kind = Kind> extends DefinitionHead {
  readonly kind: K;
  readonly options: OptionSchema;
  readonly slots: Slots;
  readonly ports?: Ports;
  /** `options` holds validated options and slot references. */
  readonly build: (options: Readonly<Record<string, unknown>>, context: BuildContext) => Products[K];
}

/** A function that declares things of one kind. */
export function definer<K extends Kind>(kind: K) {
  return <S extends OptionSchema, T extends Slots = NoSlots>(spec: DefinitionSpec<K, S, T>): Definition<K> => ({
    ...spec,
    kind,
    slots: spec.slots ?? {},
    build: (options, context) => spec.build(options as OptionsOf<S> & SlotValues<T>, context),
  });
}

export const defineNorm = definer("norm");
export const defineActivation = definer("activation");
export const defineAttention = definer("attention");
export const defineFfn = definer("ffn");
export const definePosEmbed = definer("pos-embed");
export const defineModule = definer("module");
export const defineMetric = definer("metric");
export const defineOptimizer = definer("optimizer");
export const defineSchedule = definer("schedule");
export const defineDataset = definer("dataset");
export const defineTransform = definer("transform");
export const defineSampler = definer("sampler");
export const defineTokenizer = definer("tokenizer");
export const defineCollate = definer("collate");
export const defineTracker = definer("tracker");
export const defineShardingPlan = definer("sharding-plan");
export const defineMaskGenerator = definer("mask-generator");
export const defineFunction = definer("function");
