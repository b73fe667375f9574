/**
 * The decoder of masked autoencoders. B batch, P patches, K visible patches, Din, D and Dout the widths of input, blocks and
 * output, L blocks.
 */
import { defineModule, type Initializer, L3mError, slot } from "@l3m/core";
import { layerNormParams, linearParams } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import * as z from "zod";
import { runBlocks, stackBlocks } from "../trunks/block-stack.ts";
import { hiddenWidth } from "../trunks/trunk-options.ts";
import { initTrunk } from "../trunks/weight-init.ts";
import { fixedPositions } from "./fixed-positions.ts";
import { insertMaskTokens } from "./mask-tokens.ts";
import { patchGrid } from "./patch-grid.ts";

const size = z.int().positive();

const options = z.strictObject({
  input_dim: size.default(1024).describe("Din, width of the encoder's tokens."),
  num_layers: z.int().nonnegative().max(10_000).default(6).describe("L, number of blocks."),
  embed_dim: size.default(512).describe("D, width inside the decoder."),
  output_dim: size.default(768).describe("Dout, values of a patch."),
  mlp_ratio: z.number().positive().default(4).describe("Hidden width of the feed-forward networks over D."),
  mlp_hidden_dim: size.nullish().describe("Hidden width of the feed-forward networks; wins over mlp_ratio."),
  patch_size: size.default(16).describe("Side of a patch in pixels."),
  image_size: size.default(224).describe("Side of the square image in pixels; with patch_size it gives P."),
});

const NORMAL_002: Initializer = { kind: "normal", std: 0.02 };

/**
 * Tokens `[B, K + 1, Din]` of a class token and the visible patches, with the input `mask` (bool `[B, P]`, true = masked, K false
 * entries in each row), to predictions `[B, P, Dout]` for all patches (He et al. 2022, section 3). A layer, as in ml-l3m: it
 * works on tensors and not on a DataDict; `simple-decoder` with `insert_mask` is the block for models without a class token.
 */
export const maeDecoder = defineModule({
  name: "mae-decoder",
  summary:
    "Decoder of masked autoencoders: mask tokens among the encoder's tokens, blocks, a prediction for every patch.",
  aliases: ["l3m.model.heads.mae_head.MAEDecoder"],
  positional: [
    "attn_target",
    "input_dim",
    "num_layers",
    "embed_dim",
    "output_dim",
    "mlp_ratio",
    "mlp_hidden_dim",
    "patch_size",
    "image_size",
  ],
  inputs: ["mask"],
  options,
  slots: { attn_target: slot("attention"), layer: slot("module", { default: "transformer-trunk/block" }) },
  build(given, context) {
    const { embed_dim: D, num_layers: L, attn_target } = given;
    const grid = patchGrid(context, given.image_size, given.patch_size);
    const project = linearParams(context, "decoder_projection", { in: given.input_dim, out: D });
    const addPositions = fixedPositions(context, { width: D, grid, cls: true });
    const axes = ["broadcast", "position", "embed"];
    const maskToken = context.param("mask_token", [1, 1, D], { init: NORMAL_002, axes });
    const blocks = stackBlocks(
      context,
      "decoder_blocks",
      given.layer,
      { embed_dim: D, attn_target, mlp_hidden_dim: hiddenWidth(given) },
      Array.from({ length: L }, () => 0),
    );
    const norm = layerNormParams(context.scope("decoder_norm"), { shape: D, eps: 1e-6 });
    const predict = linearParams(context, "decoder_pred", { in: D, out: given.output_dim });
    initTrunk(context, "xavier_uniform", L);
    return {
      forward(x, forward, { mask } = {}) {
        if (mask === undefined) {
          throw new L3mError("L3M_MISSING_KEY", {
            message: "The decoder needs to know which patches the encoder did not see.",
            where: { path: context.where },
            expected: "an input mask, bool [B, P]",
            got: "none",
            fix: "Call it with the patch mask: forward(x, context, { mask }).",
          });
        }
        const projected = project(x);
        const [B = 0, length = 0] = projected.shape;
        const cls_B1D = tf.slice(projected, [0, 0, 0], [B, 1, D]);
        const visible_BKD = tf.slice(projected, [0, 1, 0], [B, length - 1, D]);
        const all_BPD = insertMaskTokens(visible_BKD, mask, maskToken.value, context.where);
        const tokens = addPositions(tf.concat([cls_B1D, all_BPD], 1));
        const predictions = predict(norm(runBlocks(blocks, tokens, {}, forward).tokens));
        return tf.slice(predictions, [0, 1, 0], [B, (predictions.shape[1] as number) - 1, given.output_dim]);
      },
    };
  },
});
