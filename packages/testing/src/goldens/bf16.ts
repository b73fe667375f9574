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
 * Roundings on the longest path through one transformer block: 14 of activations (norms, projections, scores, weights, mix,
 * residuals), and 6 of the parameters that they meet (two norms, values, projection, two of the feed-forward network).
 */
const ROUNDINGS_OF_A_BLOCK = 20;
/** Those ahead of the blocks and behind them: 8 of activations (patches or embedding, position, last norm, pooling, head), 4 of parameters. */
const ROUNDINGS_AROUND = 12;

/**
 * Tolerances of a case that runs `depth` blocks in a row in bf16. Roundings are independent, so n of them add up to sqrt(n) of one:
 * noise of sqrt(n) * STEP / 2, a share of the size of the numbers that are added. What that bounds stands in rounding-noise.ts.
 *
 * - outputs: n = 20 a block and 12 around them; with two blocks 3.6 STEP.
 * - grads: products of an activation and of what came back on twice the path: sqrt(1 + 2) times as much, with two blocks 6.2 STEP. A
 *   gradient that is zero because its terms cancel (the bias of keys) keeps their errors: a share of the group. Where a logit
 *   scale of 14 multiplies cosines ahead of a softmax, it multiplies their errors: twice as much again.
 * - loss: means of many, so errors average out; what is left is one sign for all (a logit scale, a norm): 4 STEP.
 * - metrics are not compared: an accuracy counts comparisons that a rounding can turn, a perplexity is the exponential of the loss.
 * - training_loss: five updates by Adam move parameters by errors of the gradients: twice the loss.
 */
function tolerances(depth: number, scaled: boolean): ToleranceField {
  const noise = (Math.sqrt(ROUNDINGS_OF_A_BLOCK * depth + ROUNDINGS_AROUND) * STEP) / 2;
  const gradNoise = Math.sqrt(3) * noise * (scaled ? 2 : 1);
  return {
    outputs: { rtol: 2 * STEP, atol: 1e-6, noise },
    grads: { rtol: 2 * STEP, atol: 1e-6, noise: gradNoise, ofGroup: 4 * STEP },
    loss: { rtol: 4 * STEP, atol: 1e-3 },
    training_loss: { rtol: 8 * STEP, atol: 1e-3 },
  };
}

/** Handlers that run blocks. Optimizers, schedules and host code are f32 or double in every precision. */
const CASTING = ["args", "data_dict", "criterion", "config_train"];

/** The case as it is judged in `precision`. Cases that state formats of their own stay as they are. */
export function inPrecision(golden: GoldenCase, precision: GoldenPrecision): GoldenCase {
  if (!casts(golden, precision)) return golden;
  const scaled = names(golden, "outputs").includes("logit_scale");
  return { ...golden, tolerance: tolerances(depthOf(golden, scaled), scaled) };
}

/** Blocks in a row, at least one. Towers that meet in a contrastive loss stand side by side, others follow each other. */
function depthOf(golden: GoldenCase, sideBySide: boolean): number {
  const towers = new Map<string, Set<string>>();
  for (const name of names(golden, "params")) {
    const [, tower, block] = /^((?:.*\.)?(?:blocks|layers))\.(\d+)\./.exec(name) ?? [];
    if (tower !== undefined && block !== undefined) towers.set(tower, (towers.get(tower) ?? new Set()).add(block));
  }
  const depths = [...towers.values()].map((blocks) => blocks.size);
  return Math.max(1, sideBySide ? Math.max(...depths) : depths.reduce((sum, depth) => sum + depth, 0));
}

/** Why a case says nothing about bf16: which experts a token goes to is a decision, and a rounding can turn it. */
export function unfitFor(golden: GoldenCase, precision: GoldenPrecision): string | undefined {
  const routed = names(golden, "params").some((name) => name.includes(".experts."));
  return routed && casts(golden, precision)
    ? "routing is a decision that a rounding can turn: run it in f32"
    : undefined;
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
