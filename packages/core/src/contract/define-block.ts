/** defineBlock: a block with declared ports; core does the DataDict traffic. */
import type { BuildContext } from "../build/build-context.ts";
import { located } from "../build/located.ts";
import { BoundPorts } from "../data-dict/bind-ports.ts";
import type { DataDict } from "../data-dict/data-dict.ts";
import type { KeyFlow } from "../data-dict/key-flow.ts";
import type { Letters } from "../data-dict/match-shape.ts";
import { ReadWriteBlock } from "../data-dict/read-write-block.ts";
import { definer, type Definition, type DefinitionHead } from "./definition.ts";
import type { ForwardContext } from "./forward-context.ts";
import type { OptionSchema, OptionsOf } from "./option-schema.ts";
import type { PortInputs, PortOutputs, Ports } from "./ports.ts";
import type { SlotSpec, SlotValues } from "./slots.ts";

type Slots = Record<string, SlotSpec>;

export interface BlockSpec<S extends OptionSchema, P extends Ports, T extends Slots> extends DefinitionHead {
  readonly options: S;
  readonly slots?: T;
  /** Fixed ports, or ports that depend on the options. */
  readonly ports: P | ((options: OptionsOf<S>) => P);
  /** Declares parameters and children; `forward` is pure and gets exactly the read ports. */
  build(options: OptionsOf<S> & SlotValues<T>, context: BuildContext): BlockBody<P>;
}

export interface BlockBody<P extends Ports> {
  forward(inputs: PortInputs<P>, context: ForwardContext): PortOutputs<P>;
}

/** Declares a block of kind `block`. */
export function defineBlock<S extends OptionSchema, P extends Ports, T extends Slots = Record<never, SlotSpec>>(
  spec: BlockSpec<S, P, T>,
): Definition<"block"> {
  const { ports, build, ...head } = spec;
  return definer("block")<S, T>({
    ...head,
    ...(typeof ports === "function" ? {} : { ports }),
    build(options, context) {
      const declared = typeof ports === "function" ? ports(options) : ports;
      const bound = new BoundPorts(declared, context.keys, options, context.where);
      const block = new PortedBlock<P>(bound, build(options, context), context.where);
      block.path = context.path;
      return block;
    },
  });
}

/** A block whose ports are declared. */
export class PortedBlock<P extends Ports> extends ReadWriteBlock {
  readonly #ports: BoundPorts;
  readonly #body: BlockBody<P>;
  /** Dotted path of its node in the config, for errors. */
  readonly #where: string;

  constructor(ports: BoundPorts, body: BlockBody<P>, where = "") {
    super({ readKey: ports.reads[0]?.key ?? null, writeKey: ports.writes[0]?.key ?? null });
    this.#ports = ports;
    this.#body = body;
    this.#where = where;
  }

  override forward(dict: DataDict, context?: ForwardContext): DataDict {
    const letters: Letters = new Map();
    const inputs = this.#ports.gather(dict, letters);
    const outputs = located(this.#where, inputs, () =>
      this.#body.forward(inputs as PortInputs<P>, this.contextOr(context)),
    );
    this.#ports.scatter(dict, outputs, letters);
    return dict;
  }

  override flow(): KeyFlow {
    const use = ({ name, key, spec }: BoundPorts["reads"][number]) => ({
      port: name,
      key,
      optional: spec.optional && spec.unless === undefined,
    });
    return { reads: this.#ports.reads.map(use), writes: this.#ports.writes.map(use), children: [] };
  }
}
