/**
 * Floating-point operations of the model itself, the numerator of MFU (Chowdhery et al. 2022): 6 x the weights of matrix
 * products x the tokens that pass them, and 12 x layers x T x width per token for attention, half of it where it is causal.
 * Both are three times the forward pass: it, and twice as much for the gradients of inputs and weights. Recomputation,
 * look-ups, norms and softmax do not count.
 */
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type DataDict, withParams } from "@l3m/core";
import type { Tracer } from "@l3m/tfjs-backend-xla";
import { collectingContext } from "../step/forward-context.ts";
import type { ByPath, TrainState } from "../step/train-state.ts";
import { valuesInUse } from "../step/working-copies.ts";
import type { Training } from "../training.ts";
import type { StepArguments } from "./step-arguments.ts";

/** Model FLOPs of a step on this batch. */
export async function modelFlops(
  training: Pick<Training, "model" | "loss">,
  tracer: Tracer,
  { state, batch, inputs }: StepArguments,
): Promise<number> {
  const { hiddenFlops, matrixFlops } = await import("@l3m/tfjs-backend-xla");
  const forward = tracer.trace(forwardPass(training), [state, batch, inputs.key], { name: "forward" });
  return 3 * (matrixFlops(forward) - hiddenFlops(forward));
}

function forwardPass({ model, loss }: Pick<Training, "model" | "loss">) {
  return (state: TrainState, batch: ByPath, key: Tensor): Tensor => {
    const { context } = collectingContext({ train: true, key, checkpointing: "none", layout: undefined });
    const dict: DataDict = new Map(Object.entries(batch));
    const values = new Map(Object.entries(valuesInUse(state)));
    return tf.tidy(() => withParams(values, () => loss.forward(model.root.forward(dict, context), context).loss));
  };
}
