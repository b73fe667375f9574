/** Attentive probe. B batch, N tokens, Q queries, D width, C classes. */
import { attention, dropout, evenHeadWidth, linearParams, mergeHeads, splitHeads } from "@l3m/core/nn";
import { defineBlock, read, write, ZEROS } from "@l3m/core";
import * as z from "zod";
import { ATTENTION_POOLING_OPTIONS, linearInit, pooledClassifier, poolingInputs } from "./attention-pooling.ts";

const options = z.strictObject({
  ...ATTENTION_POOLING_OPTIONS,
  num_heads: z.int().positive().default(8).describe("Heads of the attention."),
  attn_drop: z.number().min(0).max(1).default(0).describe("Dropout of the attention's probabilities, in training."),
  proj_drop: z.number().min(0).max(1).default(0).describe("Dropout of the attention's output, in training."),
});

/** Cross-attention from Q queries to all tokens, mean over the queries, linear classifier (El-Nouby et al. 2024, "AIM", section 4). */
export const attentionPoolingClassifier = defineBlock({
  name: "attention-pooling-classifier",
  summary: "Pools the tokens by cross-attention of learned queries and classifies the result.",
  aliases: ["l3m.model.heads.classifier.AttentionPoolingClassifier"],
  positional: ["dim", "out_features"],
  ignores: ["sync_batchnorm"],
  options,
  ports: { x: read(null, "B N D=dim"), y: write(null, "B C=out_features") },
  build(given, context) {
    const { dim: D, num_heads: heads, qkv_bias, attn_drop, proj_drop } = given;
    evenHeadWidth(context, D, heads);
    const inputs = poolingInputs(context, given);
    const projection = (name: string, bias: boolean) =>
      linearParams(context, name, { in: D, out: D, bias, init: linearInit(given, D, D), biasInit: ZEROS });
    const [q, k, v] = [projection("q", qkv_bias), projection("k", qkv_bias), projection("v", qkv_bias)];
    const proj = projection("proj", true);
    const classify = pooledClassifier(context, given);
    return {
      forward({ x }, forward) {
        const rng = forward.rng.child(context.path);
        const { queries, tokens } = inputs(x, forward);
        const pooled = attention(
          splitHeads(q(queries), heads),
          splitHeads(k(tokens), heads),
          splitHeads(v(tokens), heads),
          {
            scale: given.qk_scale ?? undefined,
            dropout: forward.train && attn_drop > 0 ? { probability: attn_drop, rng } : undefined,
          },
        );
        return { y: classify(dropout(proj(mergeHeads(pooled)), forward.train ? proj_drop : 0, rng, "proj")) };
      },
    };
  },
});
