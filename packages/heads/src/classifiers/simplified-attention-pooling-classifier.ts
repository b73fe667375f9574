/** Attentive probe without query and output projections. B batch, N tokens, Q queries, D width, C classes. */
import { attention, evenHeadWidth, linearParams, mergeHeads, splitHeads } from "@l3m/core/nn";
import { defineBlock, read, write, ZEROS } from "@l3m/core";
import * as z from "zod";
import { ATTENTION_POOLING_OPTIONS, linearInit, pooledClassifier, poolingInputs } from "./attention-pooling.ts";

const options = z.strictObject({
  ...ATTENTION_POOLING_OPTIONS,
  num_heads: z.int().positive().default(12).describe("Heads of the attention."),
});

/** As `heads/attention-pooling-classifier` with the queries as they are, and no projection of the attention's output. */
export const simplifiedAttentionPoolingClassifier = defineBlock({
  name: "simplified-attention-pooling-classifier",
  summary: "Pools the tokens by attention of learned queries, without projecting them, and classifies the result.",
  aliases: ["l3m.model.heads.classifier.SimplifiedAttentionPoolingClassifier"],
  positional: ["dim", "out_features"],
  ignores: ["sync_batchnorm"],
  options,
  ports: { x: read(null, "B N D=dim"), y: write(null, "B C=out_features") },
  build(given, context) {
    const { dim: D, num_heads: heads, qkv_bias: bias } = given;
    evenHeadWidth(context, D, heads);
    const inputs = poolingInputs(context, given);
    const projection = (name: string) =>
      linearParams(context, name, { in: D, out: D, bias, init: linearInit(given, D, D), biasInit: ZEROS });
    const [k, v] = [projection("k"), projection("v")];
    const classify = pooledClassifier(context, given);
    return {
      forward({ x }, forward) {
        const { queries, tokens } = inputs(x, forward);
        const pooled = attention(
          splitHeads(queries, heads),
          splitHeads(k(tokens), heads),
          splitHeads(v(tokens), heads),
          {
            scale: given.qk_scale ?? undefined,
          },
        );
        return { y: classify(mergeHeads(pooled)) };
      },
    };
  },
});
