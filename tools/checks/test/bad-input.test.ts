/** What a user may get wrong with the official blocks and losses: one error each, with its place, what it expected, what came, a fix. */
import * as tf from "@l3m/core/tf";
import "@tensorflow/tfjs-backend-cpu";
import { checkStateDict, isL3mError, L3mErrors } from "@l3m/core";
import { beforeAll, describe, expect, it } from "vitest";
import { type BadCall, ids, make, zeros } from "../bad-input/bad-call.ts";
import { HEADS } from "../bad-input/heads.ts";
import { LAYERS } from "../bad-input/layers.ts";
import { LOSSES } from "../bad-input/losses.ts";
import { OPTIONS } from "../bad-input/options.ts";
import { TEXT } from "../bad-input/text.ts";
import { TRANSFORMER } from "../bad-input/transformer.ts";
import { VISION } from "../bad-input/vision.ts";

beforeAll(async () => void (await tf.setBackend("cpu")));

const AREAS: readonly (readonly [area: string, cases: readonly BadCall[]])[] = [
  ["options and slots", OPTIONS],
  ["trunks, attentions and decoders", TRANSFORMER],
  ["images", VISION],
  ["text", TEXT],
  ["heads", HEADS],
  ["losses", LOSSES],
  ["layers and experts", LAYERS],
];

describe.each(AREAS)("%s", (_, cases) => {
  it.each(cases)("$what", (bad) => {
    const [code, path, expected, got] = bad.error;
    const error = thrownBy(() => tf.tidy(() => void make(bad)));
    if (!isL3mError(error)) throw error; // shows what else it was
    const { details } = error;
    expect({ code: error.code, path: details.where?.path }).toEqual({ code, path });
    expect(details.expected?.slice(0, expected.length)).toBe(expected);
    expect(details.got?.slice(0, got.length)).toBe(got);
    expect(details.message).toMatch(/\w/);
    expect(details.fix).toMatch(/\w/);
  });
});

function thrownBy(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return new Error("nothing was thrown");
}

describe("weights", () => {
  const declared = [
    { path: "blocks.0.attn.qkv.weight", shape: [24, 8] },
    { path: "norm.weight", shape: [8] },
  ];

  it("that are missing, left over or of another shape are all named", () => {
    const given = new Map([
      ["blocks.0.attn.qkv.weight", { shape: [24, 16] }],
      ["norm.wieght", { shape: [8] }],
    ]);
    const error = thrownBy(() => checkStateDict(declared, given));
    if (!(error instanceof L3mErrors)) throw error;
    expect(
      error.errors.map(({ code, details: { where, expected, got } }) => [code, where?.path, expected, got]),
    ).toEqual([
      ["L3M_BAD_STATE_DICT", "blocks.0.attn.qkv.weight", "f32[24,8]", "f32[24,16]"],
      ["L3M_BAD_STATE_DICT", "norm.weight", "f32[8]", "nothing"],
      ["L3M_BAD_STATE_DICT", "norm.wieght", "a name of the model", "norm.wieght"],
    ]);
    expect(error.message).toContain('Did you mean "norm.wieght"?');
  });
});

describe("what ml-l3m takes, these blocks take too", () => {
  const io = { read_key: "x", write_key: "y" };
  const shapeOf = (node: BadCall["node"], x: () => tf.Tensor) =>
    tf.tidy(() => (make({ node, given: () => ({ x: x() }) }).get("y") as tf.Tensor).shape);
  const patchifier = { module: "vision-patchify/patch-embed", img_size: 33, patch_size: 16, embed_dim: 8 };

  it("pixels that fill no patch are left out", () => {
    const node = {
      block: "vision-patchify/vit-preprocessor",
      ...io,
      patchifier,
      pos_embed_type: "absolute",
      cls_token: false,
    };
    expect(shapeOf(node, () => zeros(2, 3, 40, 33))).toEqual([2, 4, 8]);
  });

  it("text beyond the positions of CLIP is cut", () => {
    const sizes = { vocab_size: 10, embed_dim: 8, context_length: 4, cls_token: false };
    expect(shapeOf({ block: "text-embed/cls-text-preprocessor", ...io, ...sizes }, () => ids(2, 9))).toEqual([2, 4, 8]);
  });

  it("generic-attention rounds the head width down", () => {
    const attn_target = { attention: "transformer-trunk/generic-attention", dim: 8, num_heads: 3 };
    const node = { block: "transformer-trunk/transformer", ...io, embed_dim: 8, num_blocks: 1, attn_target };
    expect(shapeOf(node, () => zeros(2, 3, 8))).toEqual([2, 3, 8]);
  });
});
