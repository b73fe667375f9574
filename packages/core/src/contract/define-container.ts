/** defineContainer: blocks made of blocks, and blocks that write their own `forward`. */
import type { BuildContext } from "../build/build-context.ts";
import type { DataDict } from "../data-dict/data-dict.ts";
import type { KeyFlow } from "../data-dict/key-flow.ts";
import { ReadWriteBlock } from "../data-dict/read-write-block.ts";
import { definer, type Definition, type DefinitionHead } from "./definition.ts";
import type { ForwardContext } from "./forward-context.ts";
import type { OptionSchema, OptionsOf } from "./option-schema.ts";
import type { SlotSpec, SlotValues } from "./slots.ts";

type Slots = Record<string, SlotSpec>;

export interface ContainerSpec<S extends OptionSchema, T extends Slots> extends DefinitionHead {
  readonly options: S;
  readonly slots?: T;
  build(options: OptionsOf<S> & SlotValues<T>, context: BuildContext): ContainerBody;
}

export interface ContainerBody {
  /** The blocks inside, in execution order. */
  readonly children: readonly ReadWriteBlock[];
  /** Runs them differently than one after the other. */
  readonly forward?: (dict: DataDict, context: ForwardContext) => DataDict;
  /** Children that can be run alone, by name. */
  readonly named?: ReadonlyMap<string, ReadWriteBlock>;
}

/** Declares a container of blocks. */
export function defineContainer<S extends OptionSchema, T extends Slots = Record<never, SlotSpec>>(
  spec: ContainerSpec<S, T>,
): Definition<"block"> {
  const { build, ...head } = spec;
  return definer("block")<S, T>({
    ...head,
    build(options, context) {
      const block = new ContainerBlock(build(options, context));
      block.path = context.path;
      return block;
    },
  });
}

/** Declares an opaque block: a class that extends ReadWriteBlock. */
export const defineOpaqueBlock = definer("block");

/** A block that runs other blocks on the same DataDict. */
export class ContainerBlock extends ReadWriteBlock {
  readonly children: readonly ReadWriteBlock[];
  /** Children that can be run alone, by name. */
  readonly named: ReadonlyMap<string, ReadWriteBlock>;
  readonly #forward: ContainerBody["forward"];

  constructor(body: ContainerBody) {
    super();
    this.children = body.children;
    this.named = body.named ?? new Map();
    this.#forward = body.forward;
  }

  override forward(dict: DataDict, context?: ForwardContext): DataDict {
    const resolved = this.contextOr(context);
    if (this.#forward !== undefined) return this.#forward(dict, resolved);
    return this.children.reduce((current, child) => child.forward(current, resolved), dict);
  }

  override flow(): KeyFlow {
    return {
      reads: [],
      writes: [],
      children: this.children.map((child) => ({ path: child.path, flow: child.flow() })),
    };
  }
}
