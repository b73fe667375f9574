/** Token ids to the sequence of a text encoder (CLIP, AIMv2). B batch, N tokens, D width. */
import { defineBlock, type Initializer, maybeSlot, write, ZEROS } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { textPosition, textPositions } from "./text-positions.ts";
import { embeddingStyle, tokenEmbedding } from "./token-embedding.ts";
import { inferenceReadKey, tokenIdPorts, tokenIds } from "./token-ids.ts";

const options = z.strictObject({
  vocab_size: z.int().positive().describe("V, number of token ids."),
  embed_dim: z.int().positive().describe("D, width of the tokens."),
  context_length: z.int().positive().default(77).describe("Rows of the position table; longer text is cut."),
  cls_token: z.boolean().default(true).describe("Put a learned token first."),
  pos_embed_type: textPosition.default("absolute"),
  inference_read_key: inferenceReadKey,
  init_style: embeddingStyle.default("normal"),
  init_std: z.number().positive().default(0.02).describe("Standard deviation of init_style normal."),
  cls_token_init: z
    .enum(["normal", "zeros"])
    .default("normal")
    .describe("Start of the learned token: N(0, 0.02^2) or zeros."),
});

const CLS_INIT: Readonly<Record<"normal" | "zeros", Initializer>> = {
  normal: { kind: "normal", std: 0.02 },
  zeros: ZEROS,
};

export const clsTextPreprocessor = defineBlock({
  name: "cls-text-preprocessor",
  summary:
    "Embeds token ids, puts a class token first, adds positions. norm_layer is created for its parameters and never applied, as in ml-l3m.",
  aliases: ["l3m.model.preprocessors.vision.TextPreprocessor"],
  positional: [
    "vocab_size",
    "embed_dim",
    "context_length",
    "cls_token",
    "pos_embed_type",
    "inference_read_key",
    "init_style",
    "init_std",
    "norm_layer",
    "cls_token_init",
  ],
  options,
  slots: { norm_layer: maybeSlot("norm") },
  ports: { ...tokenIdPorts, tokens: write(null, "B M D=embed_dim") },
  build(
    {
      vocab_size,
      embed_dim,
      context_length,
      cls_token,
      pos_embed_type,
      init_style,
      init_std,
      norm_layer,
      cls_token_init,
    },
    context,
  ) {
    const positions = textPositions(context, "positional_embedding", {
      type: pos_embed_type,
      context_length,
      embed_dim,
      cls: cls_token,
      std: 0.01,
      lead: [],
    });
    const cls = cls_token
      ? context.param("cls_token", [1, 1, embed_dim], {
          init: CLS_INIT[cls_token_init],
          axes: ["broadcast", "position", "embed"],
        })
      : undefined;
    const embed = tokenEmbedding(context, "text_embedding", {
      vocab_size,
      embed_dim,
      style: init_style,
      std: init_std,
    });
    if (norm_layer !== null) context.child("norm", norm_layer, { dim: embed_dim });
    return {
      forward(inputs, forward) {
        const words_BND = embed(tokenIds(inputs, forward, context.where));
        const tokens_BND = cls === undefined ? words_BND : tf.concat([repeatCls(cls.value, words_BND), words_BND], 1);
        return { tokens: positions === undefined ? tokens_BND : addPositions(tokens_BND, positions.value) };
      },
    };
  },
});

/** `[1, 1, D]` for each of B samples. */
function repeatCls(cls: Tensor, words_BND: Tensor): Tensor {
  return tf.broadcastTo(cls, [words_BND.shape[0] ?? 0, 1, cls.shape[2] ?? 0]);
}

/** Sequence `[B, N, D]` and table `[T, D]`, both cut to the shorter of N and T. */
function addPositions(tokens_BND: Tensor, table_TD: Tensor): Tensor {
  const [B = 0, N = 0, D = 0] = tokens_BND.shape;
  const [T = 0] = table_TD.shape;
  const kept = Math.min(N, T);
  const cut_BND = kept === N ? tokens_BND : tf.slice(tokens_BND, [0, 0, 0], [B, kept, D]);
  return tf.add(cut_BND, kept === T ? table_TD : tf.slice(table_TD, [0, 0], [kept, D]));
}
