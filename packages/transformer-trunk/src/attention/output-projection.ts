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
}

/** From mixed heads `[B, N, H d]` to the attention's result `[B, N, D]`. */
export type OutputProjection = (mixed: tf.Tensor, forward: ForwardContext) => tf.Tensor;

/** Declares `proj.*`; the function that applies it, then dropout. */
export function outputProjection(context: BuildContext, options: OutputProjectionOptions): OutputProjection {
  const { name = "proj", drop, ...shape } = options;
  const proj = linearParams(context, name, { ...shape, axes: ["embed", "heads"] });
  return withOutputDropout(context, proj, drop);
}

/** A projection that some attention declared itself, then dropout. */
export function withOutputDropout(
  context: BuildContext,
  proj: (mixed: tf.Tensor) => tf.Tensor,
  drop: number,
): OutputProjection {
  return (mixed, forward) =>
    dropout(proj(mixed), forward.train ? drop : 0, forward.rng.child(context.path), "output");
}
