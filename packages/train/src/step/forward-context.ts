/** The context that a training step gives to its blocks. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { checkpointed, Emissions, evalContext, type ForwardContext, ProposedState, Rng } from "@l3m/core";
import type { ModelSection } from "@l3m/config";
import { activationDimensions, type Layout } from "@l3m/fsdp-mesh";
import { shardingConstraint } from "@l3m/tfjs-kernels";

/** What the backward pass computes again. */
export type Checkpointing = ModelSection["activation_checkpointing"];

export interface CollectedContext {
  readonly context: ForwardContext;
  readonly state: ProposedState;
  /** Emitted scalars and side losses. */
  readonly emissions: Emissions;
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
  const emissions = new Emissions();
  const context = evalContext({
    train: options.train,
    rng: new Rng(options.key),
    state,
    emit: emissions.emit,
    takeLoss: emissions.takeLoss,
    ...(options.train && (checkpointing === "block" || checkpointing === "full")
      ? { remat: emissions.remat(checkpointed) }
      : {}),
    ...(layout === undefined
      ? {}
      : {
          constrain: (x: Tensor, axes: readonly string[]) => shardingConstraint(x, activationDimensions(layout, axes)),
        }),
  });
  return { context, state, emissions };
}
