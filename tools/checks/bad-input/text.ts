/** Token ids, positions and the joining of text and images. */
import * as tf from "@l3m/core/tf";
import { type BadCall, bools, ids, zeros } from "./bad-call.ts";

const io = { read_key: "x", write_key: "y" };
const txt = {
  block: "text-embed/text-preprocessor",
  ...io,
  embed_dim: 8,
  vocab_size: 10,
  context_length: 4,
  pos_embed_type: "absolute",
};

export const TEXT: readonly BadCall[] = [
  {
    what: "ids float",
    node: txt,
    given: () => ({ x: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "int32 [B, N]", "float32[2,4]"],
  },
  {
    what: "ids rank",
    node: txt,
    given: () => ({ x: ids(4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N]", "int32[4]"],
  },
  {
    what: "text longer",
    node: txt,
    given: () => ({ x: ids(2, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "at most 4 tokens", "8 tokens"],
  },
  {
    what: "text of one token",
    node: txt,
    given: () => ({ x: ids(2, 1) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N] with at least 2 tokens, of which the last is only a label", "int32[2,1]"],
  },
  {
    what: "text empty",
    node: txt,
    given: () => ({ x: ids(2, 0) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N] with at least 2 tokens, of which the last is only a label", "int32[2,0]"],
  },
  {
    what: "id outside",
    node: txt,
    given: () => ({ x: tf.fill([2, 4], 10, "int32") }),
    error: ["L3M_FORWARD", "model", "inputs as its options describe them", "text int32[2,4]"],
  },
  {
    what: "id negative",
    node: txt,
    given: () => ({ x: tf.fill([2, 4], -1, "int32") }),
    error: ["L3M_FORWARD", "model", "inputs as its options describe them", "text int32[2,4]"],
  },
  {
    what: "text prompt only",
    node: txt,
    given: () => ({ prompt: ids(2, 4) }),
    error: ["L3M_MISSING_KEY", "model", "token ids under read_key", "nothing"],
  },
  {
    what: "text sincos width",
    node: { ...txt, pos_embed_type: "sincos", embed_dim: 6 },
    error: ["L3M_BAD_OPTION", "model.pos_embed_type", "embed_dim divisible by 4", "6"],
  },
  {
    what: "text position ids length",
    node: txt,
    given: () => ({ x: ids(2, 4), position_ids: ids(2, 3) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, N=4]", "int32[2,3]"],
  },
  {
    what: "merge width",
    node: { block: "text-embed/merge-vision-text", write_key: "y", vision_read_key: "v", text_read_key: "t" },
    given: () => ({ v: zeros(2, 3, 8), t: zeros(2, 3, 9) }),
    error: ["L3M_BAD_SHAPE", "model", "[B=2, M=3, D=8]", "float32[2,3,9]"],
  },
  {
    what: "merge too long",
    node: {
      block: "text-embed/merge-vision-text",
      write_key: "y",
      vision_read_key: "v",
      text_read_key: "t",
      pos_embed_type: "absolute",
      context_length: 4,
      embed_dim: 8,
    },
    given: () => ({ v: zeros(2, 3, 8), t: zeros(2, 3, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "at most 4 tokens", "6 tokens"],
  },
  {
    what: "merge pos width",
    node: {
      block: "text-embed/merge-vision-text",
      write_key: "y",
      vision_read_key: "v",
      text_read_key: "t",
      pos_embed_type: "absolute",
      context_length: 8,
      embed_dim: 16,
    },
    given: () => ({ v: zeros(2, 3, 8), t: zeros(2, 3, 8) }),
    error: ["L3M_BAD_SHAPE", "model", "[B,M,16]", "float32[2,6,8]"],
  },
  {
    what: "merge placeholder no id",
    node: {
      block: "text-embed/merge-vision-text",
      write_key: "y",
      vision_read_key: "v",
      text_read_key: "t",
      merge_protocol: "replace_image_token",
    },
    given: () => ({ v: zeros(2, 3, 8), t: zeros(2, 3, 8) }),
    error: [
      "L3M_MISSING_KEY",
      "model.merge_protocol",
      "image_token_id and the ids of the text in the DataDict",
      "no image_token_id",
    ],
  },
  {
    what: "merge placeholder ids length",
    node: {
      block: "text-embed/merge-vision-text",
      write_key: "y",
      vision_read_key: "v",
      text_read_key: "t",
      ids_key: "i",
      merge_protocol: "replace_image_token",
    },
    given: () => ({ v: zeros(2, 3, 8), t: zeros(2, 3, 8), i: ids(2, 7), image_token_id: ids(1) }),
    error: [
      "L3M_BAD_SHAPE",
      "model",
      "ids [B, 3], one fewer for a class token, or one more for a last id without a token",
      "int32[2,7]",
    ],
  },
  {
    what: "document float",
    node: { block: "text-embed/document-masking-builder", ...io },
    given: () => ({ x: zeros(2, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "int32 [B, N]", "float32[2,4]"],
  },
  {
    what: "padding rank",
    node: { block: "text-embed/padding-attention-mask-builder", ...io },
    given: () => ({ x: bools(2, 4, 4) }),
    error: ["L3M_BAD_SHAPE", "model", "[B, N]", "bool[2,4,4]"],
  },
];
