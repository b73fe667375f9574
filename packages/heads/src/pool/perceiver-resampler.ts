/** A fixed number of tokens from any number. B batch, N tokens, Q queries, D width. */
import { attention, evenHeadWidth, linearParams, mergeHeads, splitHeads } from "@l3m/core/nn";
import { defineBlock, read, write, ZEROS } from "@l3m/core";
import * as z from "zod";
import { forEverySample, linearInit, QUERY_STD } from "../classifiers/attention-pooling.ts";

const options = z.strictObject({
  dim: z.int().positive().describe("D, width of the tokens."),
  num_heads: z.int().positive().default(12).describe("Heads of the attention."),
  qkv_bias: z.boolean().default(false).describe("Biases of the key, value and output projections."),
  qk_scale: z.number().nullish().describe("Factor on the scores; default 1 / sqrt(head width)."),
  weight_init_style: z
    .enum(["xavier", "trunc_normal"])
    .default("xavier")
    .describe("Distribution of the weights; biases start at 0."),
  init_std: z.number().positive().default(0.02).describe("Standard deviation, for trunc_normal."),
  num_queries: z.int().positive().default(1).describe("Q, tokens that come out."),
});

/** Q learned queries, not projected, attend to the tokens (Jaegle et al. 2021, "Perceiver"; Alayrac et al. 2022, "Flamingo"). */
export const perceiverResampler = defineBlock({
  name: "perceiver-resampler",
  summary: "Cross-attention of learned queries: any number of tokens to a fixed one.",
  aliases: ["l3m.model.layers.misc.PerceiverResampler"],
  positional: ["dim", "num_heads", "qkv_bias", "qk_scale", "weight_init_style", "init_std", "num_queries"],
  options,
  ports: { x: read(null, "B N D=dim"), y: write(null, "B Q=num_queries D=dim") },
  build(given, context) {
    const { dim: D, num_heads: heads, qkv_bias: bias, num_queries: Q } = given;
    evenHeadWidth(context, D, heads);
    const queries = context.param("queries", [1, Q, D], { init: { kind: "normal", std: QUERY_STD } });
    const projection = (name: string) =>
      linearParams(context, name, { in: D, out: D, bias, init: linearInit(given, D, D), biasInit: ZEROS });
    const [k, v, out] = [projection("k"), projection("v"), projection("out_proj")];
    return {
      forward({ x }) {
        const own = splitHeads(forEverySample(queries.value, x), heads);
        const scale = given.qk_scale ?? undefined;
        return { y: out(mergeHeads(attention(own, splitHeads(k(x), heads), splitHeads(v(x), heads), { scale }))) };
      },
    };
  },
});
