/** ReadWriteBlock: what every block is (ml-l3m `l3m.model.meta_models.ReadWriteBlock`). */
import type { ForwardContext } from "../contract/forward-context.ts";
import { evalContext } from "../build/eval-context.ts";
import type { DataDict } from "./data-dict.ts";
import type { KeyFlow } from "./key-flow.ts";

export interface BlockKeys {
  readonly readKey?: string | readonly string[] | null;
  readonly writeKey?: string | readonly string[] | null;
}

/**
 * Reads keys from one DataDict and writes keys to it. Extend it directly for full freedom (the key-flow check then only
 * warns, since it cannot see what such an *opaque* block does), or let `defineBlock` make one from declared ports.
 */
export abstract class ReadWriteBlock {
  readonly readKey: string | readonly string[] | null;
  readonly writeKey: string | readonly string[] | null;
  /** Path inside the model; empty for the root. Set by the builder. */
  path = "";

  constructor(keys: BlockKeys = {}) {
    this.readKey = keys.readKey ?? null;
    this.writeKey = keys.writeKey ?? null;
  }

  /** Mutates and returns `dict`. Without a context it runs in eval mode with no randomness. */
  abstract forward(dict: DataDict, context?: ForwardContext): DataDict;

  /** Declared reads and writes; undefined for an opaque block. */
  flow(): KeyFlow | undefined {
    return undefined;
  }

  /** The context of a call that brought none. */
  protected contextOr(context: ForwardContext | undefined): ForwardContext {
    return context ?? evalContext();
  }
}
