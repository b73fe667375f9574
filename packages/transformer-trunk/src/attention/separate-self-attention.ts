/**
 * Self-attentions with a projection each for queries, keys and values, so that keys and values may have fewer heads. B batch, N
 * tokens, D width, H query heads, G key/value heads, d head width.
 */
import type * as tf from "@l3m/core/tf";
import { linearParams } from "@l3m/core/nn";
import { type BuildContext, type ForwardContext, L3mError, type SlotRef } from "@l3m/core";
import * as z from "zod";
import { attentionHeads, type MixOptions } from "./attention-heads.ts";
import { outputProjection } from "./output-projection.ts";

/** Options that every one of them has. */
export const SEPARATE_OPTIONS = {
  dim: z.int().positive().describe("D, width of the tokens."),
  head_dim: z.int().nonnegative().nullish().describe("d, width of a head; default (and 0) D / H, rounded down."),
  num_heads: z.int().positive().default(8).describe("H, query heads."),
  qkv_bias: z.boolean().default(false).describe("Bias of the query, key and value projections."),
  proj_drop: z.number().min(0).max(1).default(0).describe("Dropout on the output, in training."),
  use_bias: z.boolean().default(true).describe("Bias of the output projection."),
};

/** The option for G, whose name differs. */
export const KV_HEADS = z
  .int()
  .positive()
  .nullish()
  .describe("G, key/value heads (grouped-query attention); default H.");

export interface SeparateSelfAttentionOptions {
  readonly dim: number;
  readonly head_dim?: number | null | undefined;
  readonly num_heads: number;
  readonly qkv_bias: boolean;
  readonly proj_drop: number;
  readonly use_bias: boolean;
}

export interface SeparateNames {
  /** G, and the option that gives it. */
  readonly kvHeads: { readonly option: string; readonly value: number | null | undefined };
  readonly rope: SlotRef<"pos-embed"> | null;
  readonly qkNorm: SlotRef<"norm"> | null;
  /** Name of the output projection in the state dict. */
  readonly output: string;
}

/**
 * Declares `q_proj.*`, `k_proj.*`, `v_proj.*`, the output projection, `q_norm.*` and `k_norm.*`; returns the function from
 * tokens `[B, N, D]` to the attention's result.
 *
 * @throws L3M_BAD_OPTION when G does not divide H, or heads would have no width
 */
export function separateSelfAttention(
  context: BuildContext,
  given: SeparateSelfAttentionOptions,
  { kvHeads, rope, qkNorm, output: name }: SeparateNames,
): (x_BND: tf.Tensor, forward: ForwardContext, options: MixOptions) => tf.Tensor {
  const { dim: D, num_heads: H, qkv_bias: bias, use_bias, proj_drop } = given;
  const G = kvHeads.value ?? H;
  const d = given.head_dim || Math.floor(D / H);
  if (d < 1) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "The heads would have no width.",
      where: { path: `${context.where}.num_heads` },
      expected: `at most dim = ${D}, or a head_dim`,
      got: `${H}`,
      fix: "Lower num_heads, or set head_dim.",
    });
  }
  if (H % G !== 0) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: "Every key/value head serves the same number of query heads.",
      where: { path: `${context.where}.${kvHeads.option}` },
      expected: `a divisor of num_heads = ${H}`,
      got: `${G}`,
      fix: `Change ${kvHeads.option} or num_heads.`,
    });
  }
  const queries = linearParams(context, "q_proj", { in: D, out: H * d, bias, axes: ["heads", "embed"] });
  const keys = linearParams(context, "k_proj", { in: D, out: G * d, bias, axes: ["heads", "embed"] });
  const values = linearParams(context, "v_proj", { in: D, out: G * d, bias, axes: ["heads", "embed"] });
  const output = outputProjection(context, { name, in: H * d, out: D, bias: use_bias, drop: proj_drop });
  const mix = attentionHeads(context, { heads: H, kvHeads: G, headDim: d, qkNorm, rope });
  return (x_BND, forward, options) =>
    output(mix({ q: queries(x_BND), k: keys(x_BND), v: values(x_BND) }, forward, options), forward);
}
