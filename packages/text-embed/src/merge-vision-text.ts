/** One sequence of vision and text tokens. B batch, V vision tokens, M text tokens, L text ids, N tokens of both, D width. */
import {
  defineBlock,
  formatShape,
  fromOption,
  L3mError,
  maybeRead,
  maybeWrite,
  type PortInputs,
  read,
  write,
} from "@l3m/core";
import { castPrecision, iota, physicalDtype } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { replacePlaceholders } from "./replace-placeholders.ts";
import { firstRows, textPosition, textPositions } from "./text-positions.ts";

/** What stands where a class token was put before the text; no token has this id. */
const CLASS_TOKEN_ID = -200;

/** Options that the preprocessor of both shares. */
export const mergeOptions = {
  vision_read_key: z.string().describe("Key of the vision tokens [B, V, D]."),
  text_read_key: z.string().describe("Key of the text tokens [B, M, D]."),
  merge_protocol: z
    .enum(["vision||text", "text||vision", "text", "replace_image_token"])
    .default("vision||text")
    .describe("One after the other, the text alone, or vision tokens where the text has the id image_token_id."),
  context_length: z.int().positive().default(334).describe("Rows of the position table, if there is one."),
  pos_embed_type: textPosition.default(null),
  embed_dim: z.int().positive().default(1024).describe("D of the position table."),
};

const options = z.strictObject({
  ...mergeOptions,
  ids_key: z.string().nullable().default(null).describe("Key of the ids that the text was made of."),
  prompt_key: z.string().nullable().default(null).describe("Key of those ids in generation mode, if it is there."),
});

const ports = {
  vision: read(fromOption("vision_read_key"), "B V D"),
  text: read(fromOption("text_read_key"), "B M D"),
  ids: maybeRead(fromOption("ids_key"), "B L", { dtype: "int32" }),
  prompt: maybeRead(fromOption("prompt_key"), "B P", { dtype: "int32" }),
  image_token_id: maybeRead("image_token_id", "...", { dtype: "int32" }),
  nonpad_images_mask: maybeRead("nonpad_images_mask", "B", { dtype: "bool" }),
  tokens: write(null, "B N D"),
  /** ml-l3m replaces placeholders in the text tokens themselves; so does this block with `compat`. */
  merged_text: maybeWrite(fromOption("text_read_key"), "B M D"),
};

type Inputs = PortInputs<typeof ports>;

export const mergeVisionText = defineBlock({
  name: "merge-vision-text",
  summary: "Joins vision tokens and text tokens to one sequence, with positions of its own if asked for.",
  options,
  ports,
  build({ merge_protocol, context_length, pos_embed_type, embed_dim }, context) {
    const positions = textPositions(context, "positional_embedding", {
      type: pos_embed_type,
      context_length,
      embed_dim,
      cls: false,
      std: 0.01,
      lead: [],
    });
    const merge = (inputs: Inputs, generate: boolean): Tensor => {
      const { vision, text } = inputs;
      switch (merge_protocol) {
        case "vision||text":
          return tf.concat([vision, text], 1);
        case "text||vision":
          return tf.concat([text, vision], 1);
        case "text":
          return text;
        case "replace_image_token":
          return replaceImageTokens(inputs, generate, context.where);
      }
    };
    return {
      forward(inputs, { generate }) {
        const merged_BND = merge(inputs, generate);
        const inPlace = context.compat && merge_protocol === "replace_image_token";
        return {
          tokens:
            positions === undefined
              ? merged_BND
              : tf.add(merged_BND, firstRows(positions.value, merged_BND, context.where)),
          merged_text: inPlace ? merged_BND : undefined,
        };
      },
    };
  },
});

function replaceImageTokens(inputs: Inputs, generate: boolean, where: string): Tensor {
  const { vision, text, image_token_id, nonpad_images_mask } = inputs;
  const ids = generate ? (inputs.prompt ?? inputs.ids) : inputs.ids;
  if (image_token_id === undefined || ids === undefined) {
    throw new L3mError("L3M_MISSING_KEY", {
      message: "Placeholders can only be found with the id that they have and the ids of the text.",
      where: { path: `${where}.merge_protocol` },
      expected: "image_token_id and the ids of the text in the DataDict",
      got: image_token_id === undefined ? "no image_token_id" : "no ids",
      fix: "Let the data write image_token_id, and name the key of the ids.",
    });
  }
  const id = tf.slice(tf.reshape(image_token_id, [image_token_id.size]), [0], [1]);
  const isPlaceholder = tf.equal(alignIds(ids, text.shape[1] ?? 0, where), id);
  const hasImage = nonpad_images_mask ?? tf.any(isPlaceholder, 1);
  return replacePlaceholders({ vision: castPrecision(vision, physicalDtype(text)), text, isPlaceholder, hasImage });
}

/** The id of every text token, `[B, M]`: a class token before the text has none, a last id may have no token. */
function alignIds(ids: Tensor, M: number, where: string): Tensor {
  const [B = 0, L = 0] = ids.shape;
  if (L === M) return ids;
  if (L === M - 1) return tf.concat([tf.add(tf.mul(iota([B, 1]), 0), CLASS_TOKEN_ID), ids], 1);
  if (L === M + 1) return tf.slice(ids, [0, 0], [B, M]);
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The text tokens cannot be told which ids they come from.",
    where: { path: where },
    expected: `ids [B, ${M}], one fewer for a class token, or one more for a last id without a token`,
    got: formatShape(ids.shape, ids.dtype),
    fix: "Read the ids that the text preprocessor reads.",
  });
}
