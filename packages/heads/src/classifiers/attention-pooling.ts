/** What the attention-pooling classifiers share. B batch, N tokens, Q queries, D width, C classes. */
import * as tf from "@l3m/core/tf";
import { castPrecision, layerNormParams, linearParams, physicalDtype } from "@l3m/core/nn";
import { type BuildContext, formatShape, type ForwardContext, type Initializer, L3mError, ZEROS } from "@l3m/core";
import * as z from "zod";
import { batchNormParams } from "./batch-norm.ts";

type Tensor = tf.Tensor;

/** Standard deviation of learned queries. */
export const QUERY_STD = 0.02;

export const ATTENTION_POOLING_OPTIONS = {
  dim: z.int().positive().describe("D, width of the tokens."),
  out_features: z.int().positive().describe("C, number of classes."),
  qkv_bias: z.boolean().default(false).describe("Biases of the query, key and value projections."),
  qk_scale: z.number().nullish().describe("Factor on the scores; default 1 / sqrt(head width)."),
  use_layernorm: z.boolean().default(false).describe("Layer norm (epsilon 1e-5) of the pooled vector."),
  use_batchnorm: z
    .boolean()
    .default(false)
    .describe("Batch norm without gain and bias (epsilon 1e-6) of the tokens, over batch and tokens."),
  create_queries: z
    .boolean()
    .default(true)
    .describe("Learn the queries; otherwise token 0 is the query and the others are pooled."),
  weight_init_style: z
    .enum(["xavier", "trunc_normal"])
    .default("xavier")
    .describe("Distribution of the weights; biases start at 0."),
  init_std: z.number().positive().default(0.02).describe("Standard deviation, for trunc_normal."),
  num_queries: z.int().positive().default(1).describe("Q, learned queries; their results are averaged."),
};

type Options = z.infer<z.ZodObject<typeof ATTENTION_POOLING_OPTIONS>>;

/** Initialiser of linear weights `[out, in]` by style. */
export function linearInit(
  { weight_init_style, init_std }: Pick<Options, "weight_init_style" | "init_std">,
  fan_in: number,
  fan_out: number,
): Initializer {
  if (weight_init_style === "xavier") return { kind: "xavier-uniform", fan_in, fan_out };
  return { kind: "trunc-normal", std: init_std };
}

/** `[1, Q, D]` for every sample, in the format of `like`: `[B, Q, D]`. */
export function forEverySample(queries_1QD: Tensor, like_BND: Tensor): Tensor {
  const [, Q = 0, D = 0] = queries_1QD.shape;
  return castPrecision(tf.broadcastTo(queries_1QD, [like_BND.shape[0] ?? 0, Q, D]), physicalDtype(like_BND));
}

/** Queries `[B, Q, D]` and the tokens `[B, N, D]` that they pool. */
export interface Pooling {
  readonly queries: Tensor;
  readonly tokens: Tensor;
}

/**
 * Declares `cls_token [1, Q, D]` and batch norm `bn.*` as the options ask. Learned queries bypass the batch norm; a query that
 * is a token does not.
 */
export function poolingInputs(
  context: BuildContext,
  given: Options,
): (x_BND: Tensor, forward: ForwardContext) => Pooling {
  const { dim: D, num_queries: Q, create_queries } = given;
  if (!create_queries && Q !== 1) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "There is one query when it is token 0.",
      where: { path: `${context.where}.num_queries` },
      expected: "1",
      got: `${Q}`,
      fix: "Set create_queries, or leave num_queries out.",
    });
  }
  const learned = create_queries
    ? context.param("cls_token", [1, Q, D], { init: { kind: "normal", std: QUERY_STD } })
    : undefined;
  const batchNorm = given.use_batchnorm ? batchNormParams(context.scope("bn"), D) : undefined;
  return (x_BND, forward) => {
    const normed = batchNorm === undefined ? x_BND : batchNorm(x_BND, forward);
    if (learned !== undefined) return { queries: forEverySample(learned.value, normed), tokens: normed };
    const [B = 0, N = 0] = normed.shape;
    if (N < 2) {
      throw new L3mError("L3M_BAD_SHAPE", {
        message: "Token 0 is the query, and there is no other to pool.",
        where: { path: context.where },
        expected: "[B, N, D] with N >= 2",
        got: formatShape(x_BND.shape, x_BND.dtype),
        fix: "Set create_queries: true, or keep the patch tokens.",
      });
    }
    return { queries: tf.slice(normed, [0, 0, 0], [B, 1, D]), tokens: tf.slice(normed, [0, 1, 0], [B, N - 1, D]) };
  };
}

/** Declares `linear.*` and `norm.*`: pooled `[B, Q, D]` to scores `[B, C]` of the mean over the queries. */
export function pooledClassifier(context: BuildContext, given: Options): (pooled_BQD: Tensor) => Tensor {
  const { dim: D, out_features: C } = given;
  const linear = linearParams(context, "linear", {
    in: D,
    out: C,
    init: linearInit(given, D, C),
    biasInit: ZEROS,
    axes: ["vocab", "embed"],
  });
  const norm = given.use_layernorm ? layerNormParams(context.scope("norm"), { shape: D, eps: 1e-5 }) : undefined;
  return (pooled_BQD) => {
    const mean_BD = tf.mean(pooled_BQD, 1);
    return linear(norm === undefined ? mean_BD : norm(mean_BD));
  };
}
