/**
 * Slots: options that take any registered thing of a kind. A trunk declares `slot("ffn")`, the YAML names one, and neither
 * package imports the other.
 */
import type { Kind } from "./kinds.ts";
import type { SlotRef } from "../build/slot-ref.ts";

/** A node of a config: a registered name, or a map that names one and gives its options. */
export type ConfigNode = string | { readonly [key: string]: unknown };

export interface SlotSpec<K extends Kind = Kind, M extends SlotShape = SlotShape> {
  readonly kinds: readonly K[];
  /** One thing, a list of things, or things by name. */
  readonly shape: M;
  /** What an absent option means; `null` makes the slot empty unless the config fills it. Absent: the option is required. */
  readonly default?: ConfigNode | readonly [] | null;
  /** Built once and given to everyone who asks, as ml-l3m does with RoPE instances. */
  readonly shared: boolean;
}

export type SlotShape = "one" | "maybe" | "list" | "map";

/** A required slot, or one that `default` fills. */
export function slot<K extends Kind>(
  kinds: K | readonly K[],
  options: { default?: ConfigNode; shared?: boolean } = {},
): SlotSpec<K, "one"> {
  return spec(kinds, "one", options);
}

/** A slot that may stay empty; `forward` sees `null`. */
export function maybeSlot<K extends Kind>(
  kinds: K | readonly K[],
  options: { shared?: boolean } = {},
): SlotSpec<K, "maybe"> {
  return spec(kinds, "maybe", { ...options, default: null });
}

/** A list of things of a kind; required unless its default is the empty list, which `null` then means too. */
export function slotList<K extends Kind>(
  kinds: K | readonly K[],
  options: { default?: readonly [] } = {},
): SlotSpec<K, "list"> {
  return spec(kinds, "list", options);
}

/** Things of a kind by name, in the order of the YAML. */
export function slotMap<K extends Kind>(kinds: K | readonly K[]): SlotSpec<K, "map"> {
  return spec(kinds, "map", {});
}

/** What `build` receives for each slot. */
export type SlotValues<S extends Record<string, SlotSpec>> = { readonly [Name in keyof S]: SlotValue<S[Name]> };

type SlotValue<S> =
  S extends SlotSpec<infer K, infer M>
    ? M extends "one"
      ? SlotRef<K>
      : M extends "maybe"
        ? SlotRef<K> | null
        : M extends "list"
          ? readonly SlotRef<K>[]
          : Readonly<Record<string, SlotRef<K>>>
    : never;

function spec<K extends Kind, M extends SlotShape>(
  kinds: K | readonly K[],
  shape: M,
  options: { default?: ConfigNode | readonly [] | null; shared?: boolean },
): SlotSpec<K, M> {
  const list = typeof kinds === "string" ? [kinds] : kinds;
  return {
    kinds: list,
    shape,
    shared: options.shared ?? false,
    ...(options.default === undefined ? {} : { default: options.default }),
  };
}
