/**
 * Golden cases in bf16: parameters and activations are cast before the run, as in training with `precision: bf16`, and what comes
 * out may differ from the recorded f32 values by what bf16's 8 bits explain.
 */
import type { Built } from "@l3m/core";
import { castPrecision } from "@l3m/core/nn";
import type * as tf from "@l3m/core/tf";
import { names } from "./expectations.ts";
import type { GoldenCase, ToleranceField } from "./golden-case.ts";

type Tensor = tf.Tensor;

/** What the blocks of a case compute in. */
export type GoldenPrecision = "f32" | "bf16";

/** One rounding to bf16 changes a value by at most half of this share. */
const STEP = 2 ** -8;

/**
 * Tolerances of every case that runs blocks in bf16, one row a group. Roundings are independent, so n of them in a row add up to
 * sqrt(n) of one, measured against the size of the numbers that were added, not of their sum: `ofSize` is a share of the root mean
 * square of the whole tensor.
 *
 * - outputs: 14 roundings on the longest path through a transformer block (norms, projections, scores, weights, mix, residuals) are
 *   sqrt(14) * STEP / 2 = 2 STEP, two blocks 3 STEP; the largest of a million normal errors is 5 times as large: 15 STEP.
 * - grads: products of an activation (3 STEP) and of what came back on twice the path (sqrt(2) * 3 STEP): together 5.2 STEP, the
 *   largest 26 STEP. A gradient that is zero because its terms cancel (the bias of keys) keeps their errors: a share of the group.
 *   Where a logit scale of 14 multiplies cosines ahead of a softmax, it multiplies their errors: twice as much again.
 * - loss: means of many, so errors average out; what is left is one sign for all (a logit scale, a norm): 4 STEP.
 * - metrics are not compared: an accuracy counts comparisons that a rounding can turn, a perplexity is the exponential of the loss.
 * - training_loss: five updates by Adam move parameters by errors of the gradients: twice the loss.
 */
const TOLERANCES = {
  outputs: { rtol: 2 * STEP, atol: 1e-6, ofSize: 15 * STEP },
  grads: { rtol: 2 * STEP, atol: 1e-6, ofSize: 26 * STEP, ofGroup: 4 * STEP },
  loss: { rtol: 4 * STEP, atol: 1e-3 },
  training_loss: { rtol: 8 * STEP, atol: 1e-3 },
} satisfies ToleranceField;

/** Handlers that run blocks. Optimizers, schedules and host code are f32 or double in every precision. */
const CASTING = ["args", "data_dict", "criterion", "config_train"];

/** The case as it is judged in `precision`. Cases that state formats of their own stay as they are. */
export function inPrecision(golden: GoldenCase, precision: GoldenPrecision): GoldenCase {
  if (!casts(golden, precision)) return golden;
  const { grads } = TOLERANCES;
  const scaled = names(golden, "outputs").includes("logit_scale");
  const tolerance = scaled ? { ...TOLERANCES, grads: { ...grads, ofSize: 2 * grads.ofSize } } : TOLERANCES;
  return { ...golden, tolerance };
}

/** True when the tensors of a case are cast. */
export function casts({ handler, fields }: GoldenCase, precision: GoldenPrecision): boolean {
  const ownFormats = fields["input_dtype"] !== undefined || fields["param_dtype"] !== undefined;
  return precision === "bf16" && CASTING.includes(handler) && !ownFormats;
}

/** Floats in the format that blocks see. */
export function castInput(golden: GoldenCase, precision: GoldenPrecision, value: Tensor): Tensor {
  return casts(golden, precision) && value.dtype === "float32" ? castPrecision(value, "bf16") : value;
}

/** Values of parameters in the format that blocks see; those declared f32, and buffers, as they are. */
export function castParams(
  golden: GoldenCase,
  precision: GoldenPrecision,
  { params }: Pick<Built<unknown>, "params">,
  values: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const cast = new Set(params.filter((spec) => spec.precision !== "f32").map(({ path }) => path));
  return new Map(
    [...values].map(([path, value]) => [path, cast.has(path) ? castInput(golden, precision, value) : value]),
  );
}
