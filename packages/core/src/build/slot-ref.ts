/** What a slot holds: a definition with its options, ready to be built where its owner wants it. */
import type { Definition } from "../contract/definition.ts";
import type { Kind } from "../contract/kinds.ts";

/** Given to `context.child(name, ref, parentOptions)`. */
export interface SlotRef<K extends Kind = Kind> {
  readonly definition: Definition<K>;
  /** Full registered name. */
  readonly name: string;
  /** Options as written (or by position), before validation. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The node as written; shared things are recognised by it. */
  readonly node: unknown;
  /** Dotted path of the node in the config, for errors. */
  readonly where: string;
  readonly shared: boolean;
}

/** True for a value that already is a slot reference (a parent hands its own slots on). */
export function isSlotRef(value: unknown): value is SlotRef {
  return typeof value === "object" && value !== null && "definition" in value && "where" in value && "shared" in value;
}
