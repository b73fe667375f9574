/** defineLoss: an objective with declared read ports. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { BuildContext } from "../build/build-context.ts";
import { located } from "../build/located.ts";
import { BoundPorts } from "../data-dict/bind-ports.ts";
import { definer, type Definition, type DefinitionHead } from "./definition.ts";
import type { ForwardContext } from "./forward-context.ts";
import type { OptionSchema, OptionsOf } from "./option-schema.ts";
import type { PortInputs, Ports } from "./ports.ts";
import type { Loss } from "./products.ts";
import type { SlotSpec, SlotValues } from "./slots.ts";

type Slots = Record<string, SlotSpec>;

export interface LossSpec<S extends OptionSchema, P extends Ports, T extends Slots> extends DefinitionHead {
  readonly options: S;
  readonly slots?: T;
  /** Read ports only. */
  readonly ports: P | ((options: OptionsOf<S>) => P);
  build(options: OptionsOf<S> & SlotValues<T>, context: BuildContext): LossBody<P>;
}

export interface LossBody<P extends Ports> {
  /** `loss` is a scalar; `metrics` are scalars and are not differentiated. */
  forward(inputs: PortInputs<P>, context: ForwardContext): { loss: Tensor; metrics: Record<string, Tensor> };
  /** See {@link Loss.functions}. */
  readonly functions?: Loss["functions"];
}

/** Declares a loss. */
export function defineLoss<S extends OptionSchema, P extends Ports, T extends Slots = Record<never, SlotSpec>>(
  spec: LossSpec<S, P, T>,
): Definition<"loss"> {
  const { ports, build, ...head } = spec;
  return definer("loss")<S, T>({
    ...head,
    ...(typeof ports === "function" ? {} : { ports }),
    build(options, context) {
      const bound = new BoundPorts(
        typeof ports === "function" ? ports(options) : ports,
        context.keys,
        options,
        context.where,
      );
      const body = build(options, context);
      return {
        reads: bound.reads.filter(({ spec: port }) => !port.optional).map(({ key }) => key),
        forward(dict, forwardContext) {
          const inputs = bound.gather(dict, new Map());
          return located(context.where, inputs, () => body.forward(inputs as PortInputs<P>, forwardContext));
        },
        ...(body.functions === undefined ? {} : { functions: body.functions }),
      };
    },
  });
}
