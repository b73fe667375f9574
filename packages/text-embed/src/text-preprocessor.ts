/** Token ids to the sequence of a language model. B batch, N tokens, M tokens after dropping the last, D width. */
import { defineBlock, formatShape, L3mError, maybeRead, maybeSlot, maybeWrite, write } from "@l3m/core";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { firstRows, textPosition, textPositions } from "./text-positions.ts";
import { embeddingStyle, tokenEmbedding } from "./token-embedding.ts";
import { inferenceReadKey, tokenIdPorts, tokenIds } from "./token-ids.ts";

const options = z.strictObject({
  embed_dim: z.int().positive().describe("D, width of the tokens."),
  vocab_size: z.int().positive().describe("V, number of token ids."),
  context_length: z.int().positive().describe("Rows of the position table, if there is one."),
  pos_embed_type: textPosition.default(null),
  init_style: embeddingStyle.default("uniform"),
  inference_read_key: inferenceReadKey,
  scale_embedding: z
    .boolean()
    .default(false)
    .describe(
      "Multiply the embeddings by sqrt(D), for a table that the output head shares (Vaswani et al. 2017, 3.4).",
    ),
  drop_last: z.boolean().default(true).describe("Outside generation, leave out the last token, which is only a label."),
});

export const textPreprocessor = defineBlock({
  name: "text-preprocessor",
  summary:
    "Embeds token ids for next-token prediction; position_ids and document_mask, if there, lose their last column too.",
  aliases: ["l3m.model.preprocessors.text.TextPreprocessor"],
  positional: [
    "embed_dim",
    "vocab_size",
    "context_length",
    "pos_embed_type",
    "init_style",
    "norm_layer",
    "inference_read_key",
    "drop_last",
  ],
  options,
  slots: { norm_layer: maybeSlot("norm") },
  ports: {
    ...tokenIdPorts,
    position_ids: maybeRead("position_ids", "B N"),
    document_mask: maybeRead("document_mask", "B N"),
    tokens: write(null, "B M D=embed_dim"),
    cut_position_ids: maybeWrite("position_ids", "B M"),
    cut_document_mask: maybeWrite("document_mask", "B M"),
  },
  build(given, context) {
    const { embed_dim, vocab_size, context_length, pos_embed_type, init_style, drop_last, norm_layer } = given;
    const positions = textPositions(context, "pos_embed", {
      type: pos_embed_type,
      context_length,
      embed_dim,
      cls: false,
      std: 0.02,
      lead: [1],
    });
    const embed = tokenEmbedding(context, "embedding", { vocab_size, embed_dim, style: init_style, std: 0.02 });
    const norm = norm_layer === null ? undefined : context.child("norm", norm_layer, { dim: embed_dim });
    return {
      forward(inputs, forward) {
        const drops = drop_last && !forward.generate;
        const cut = (x: Tensor): Tensor => (drops ? dropLast(x) : x);
        const ids = tokenIds(inputs, forward, context.where);
        if ((ids.shape[1] ?? 0) < (drops ? 2 : 1)) throw tooShort(ids, drops, context.where);
        const looked_BMD = embed(cut(ids));
        const words_BMD = given.scale_embedding ? tf.mul(looked_BMD, Math.sqrt(embed_dim)) : looked_BMD;
        const normed_BMD = norm === undefined ? words_BMD : norm.forward(words_BMD, forward);
        return {
          tokens:
            positions === undefined
              ? normed_BMD
              : tf.add(normed_BMD, firstRows(positions.value, normed_BMD, context.where)),
          cut_position_ids: drops && inputs.position_ids !== undefined ? dropLast(inputs.position_ids) : undefined,
          cut_document_mask: drops && inputs.document_mask !== undefined ? dropLast(inputs.document_mask) : undefined,
        };
      },
    };
  },
});

function tooShort(ids: Tensor, drops: boolean, where: string): L3mError {
  return new L3mError("L3M_BAD_SHAPE", {
    message: "There is no text to embed.",
    where: { path: where },
    expected: drops ? "[B, N] with at least 2 tokens, of which the last is only a label" : "[B, N] with a token",
    got: formatShape(ids.shape, ids.dtype),
    fix: "Read longer texts, or set drop_last: false.",
  });
}

/** `[B, N]` without its last column. */
function dropLast(x_BN: Tensor): Tensor {
  const [B = 0, N = 0] = x_BN.shape;
  return tf.slice(x_BN, [0, 0], [B, N - 1]);
}
