/**
 * Activation checkpointing (Chen et al., "Training deep nets with sublinear memory cost", 2016): the forward keeps only the
 * inputs; the backward computes the function again, behind an optimization barrier so that a compiler cannot merge it with
 * the first time.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define-kernel.ts";
import { optimizationBarrier } from "./optimization-barrier.ts";

/** Kernel name. Inputs: a list of tensors; outputs those of `fn`. Every engine composes it. */
export const Checkpoint = "Checkpoint";

/** A pure function of explicit tensors; it must not read other tensors that need gradients. */
export type CheckpointedFunction = (inputs: readonly Tensor[]) => Tensor[];

interface CheckpointAttrs {
  readonly fn: CheckpointedFunction;
}

const run = defineKernel<CheckpointAttrs>({
  name: Checkpoint,
  inputs: "list",
  fallback: (inputs, { fn }) => fn(Object.values(inputs)),
  gradient: (dys, inputs, { fn }) => {
    // at once, not on demand: tfjs asks for every gradient in a tidy of its own, which would dispose the others
    const gradients = recompute(fn, inputs, dys);
    return Object.fromEntries(
      inputs.map((input, i) => [i, () => gradients[i] ?? tf.zerosLike(tf.cast(input, "float32"))]),
    );
  },
});

/** `fn(inputs)`, keeping nothing but the inputs for the backward pass. Gradients flow to `inputs` only. */
export function checkpoint(fn: CheckpointedFunction, inputs: readonly Tensor[]): Tensor[] {
  return run(inputs, { fn });
}

/** The gradients of sum(y_i * dy_i) with respect to the float inputs, from a second run of `fn`. */
function recompute(
  fn: CheckpointedFunction,
  inputs: readonly Tensor[],
  dys: readonly Tensor[],
): (Tensor | undefined)[] {
  const fenced = optimizationBarrier([...inputs, ...dys]);
  const again = fenced.slice(0, inputs.length);
  const cotangents = fenced.slice(inputs.length);
  const isFloat = again.map((input) => input.dtype === "float32");
  const variables = again.filter((_, i) => isFloat[i]);
  const objective = (): tf.Scalar => {
    const outputs = fn(again);
    const terms = outputs.flatMap((y, i) =>
      y.dtype === "float32" ? [tf.sum(tf.mul(y, cotangents[i] as Tensor))] : [],
    );
    return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
  };
  const { state } = tf.engine();
  const outerTape = state.activeTape; // a nested gradient call would clear the tape of the pass that we are inside of
  try {
    const { grads } = tf.engine().gradients(objective, variables, undefined, true);
    let next = 0;
    return isFloat.map((float) => (float ? (grads[next++] as Tensor | undefined) : undefined));
  } finally {
    state.activeTape = outerTape;
  }
}
