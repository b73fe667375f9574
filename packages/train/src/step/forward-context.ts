/** The context that a training step gives to its blocks. */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkpointed, evalContext, type ForwardContext, ProposedState, Rng } from "@l3m/core";
import type { ModelSection } from "@l3m/config";
import { activationDimensions, type Layout } from "@l3m/fsdp-mesh";
import { shardingConstraint } from "@l3m/tfjs-kernels";

/** What the backward pass computes again. */
export type Checkpointing = ModelSection["activation_checkpointing"];

export interface CollectedContext {
  readonly context: ForwardContext;
  readonly state: ProposedState;
  /** Emitted scalars by name. */
  readonly emitted: Map<string, Tensor>;
  /** Emitted side losses. */
  readonly losses: Tensor[];
}

/** A context that collects what blocks propose and emit. */
export function collectingContext(options: {
  readonly train: boolean;
  readonly key: Tensor;
  readonly checkpointing: Checkpointing;
  readonly layout: Layout | undefined;
}): CollectedContext {
  const { layout, checkpointing } = options;
  const state = new ProposedState();
  const emitted = new Map<string, Tensor>();
  const losses: Tensor[] = [];
  const context = evalContext({
    train: options.train,
    rng: new Rng(options.key),
    state,
    emit(name, value, emitOptions) {
      emitted.set(name, value);
      if (emitOptions?.loss === true) losses.push(value);
    },
    ...(options.train && (checkpointing === "block" || checkpointing === "full") ? { remat: checkpointed } : {}),
    ...(layout === undefined
      ? {}
      : {
          constrain: (x: Tensor, axes: readonly string[]) => shardingConstraint(x, activationDimensions(layout, axes)),
        }),
  });
  return { context, state, emitted, losses };
}

/** Sum of side losses and the objective. */
export function addLosses(loss: Tensor, losses: readonly Tensor[]): Tensor {
  return losses.reduce((sum, side) => tf.add(sum, side), loss);
}
