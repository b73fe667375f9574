/** The last step of an attention: mixed heads to the width of the tokens. B batch, N tokens, D width, H heads, d head width. */
import type * as tf from "@l3m/core/tf";
import { dropout, linearParams } from "@l3m/core/nn";
import type { BuildContext, ForwardContext } from "@l3m/core";

export interface OutputProjectionOptions {
  /** Name of the layer in the state dict; default `proj`. */
  readonly name?: string;
  /** H d. */
  readonly in: number;
  /** D. */
  readonly out: number;
  readonly bias: boolean;
  /** Probability of dropout on the result, in training. */
  readonly drop: number;
  /** Declares a linear layer; default a plain one. */
  readonly declareLinear?: typeof linearParams;
}

/** Declares `proj.*`; returns the function from mixed heads `[B, N, H d]` to the attention's result `[B, N, D]`. */
export function outputProjection(
  context: BuildContext,
  { name = "proj", drop, declareLinear = linearParams, ...shape }: OutputProjectionOptions,
): (mixed: tf.Tensor, forward: ForwardContext) => tf.Tensor {
  const proj = declareLinear(context, name, { ...shape, axes: ["embed", "heads"] });
  return (mixed, forward) => dropout(proj(mixed), forward.train ? drop : 0, forward.rng.child(context.path), "output");
}
