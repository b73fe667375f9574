/**
 * A small decoder over patch tokens that predicts a vector for each of them. B batch, N tokens, P patches, Din, D and Dout the
 * widths of input, blocks and output, L blocks.
 */
import {
  type BuildContext,
  defineBlock,
  type ForwardContext,
  fromPort,
  L3mError,
  maybeRead,
  maybeReadValue,
  type PortInputs,
  read,
  slot,
  type SlotValues,
  write,
  ZEROS,
} from "@l3m/core";
import { linearParams } from "@l3m/core/nn";
import * as tf from "@l3m/core/tf";
import type { Tensor } from "@l3m/core/tf";
import * as z from "zod";
import { runBlocks, stackBlocks } from "../trunks/block-stack.ts";
import { hiddenWidth } from "../trunks/trunk-options.ts";
import { initTrunk } from "../trunks/weight-init.ts";
import { firstPositions, fixedPositions } from "./fixed-positions.ts";
import { insertMaskTokens, replaceTokens } from "./mask-tokens.ts";
import { patchGrid } from "./patch-grid.ts";

const size = z.int().positive();

/** Options that decoders of patch tokens share. */
export const simpleDecoderOptions = {
  input_dim: size.default(1024).describe("Din, width of the tokens that are read."),
  num_layers: z.int().nonnegative().max(10_000).default(6).describe("L, number of blocks."),
  embed_dim: size.default(512).describe("D, width inside the decoder."),
  output_dim: size.default(768).describe("Dout, width of a prediction."),
  mlp_ratio: z.number().positive().default(4).describe("Hidden width of the feed-forward networks over D."),
  mlp_hidden_dim: size.nullish().describe("Hidden width of the feed-forward networks; wins over mlp_ratio."),
  patch_size: size.default(16).describe("Side of a patch in pixels."),
  image_size: z
    .union([size, z.tuple([size, size])], "a positive number, or [height, width]")
    .default(224)
    .describe("Side of the image in pixels, or height and width; with patch_size it gives P."),
  insert_mask: z.boolean().default(false).describe("Put a learned token wherever the patch mask is true."),
  disable_pos_embed: z.boolean().default(false).describe("No position table."),
  use_bias: z.boolean().default(true).describe("Biases inside the blocks; projection and prediction always have one."),
  patch_dropout_rate: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("Probability of replacing a token by the learned token, in training."),
  skip_projection: z.boolean().default(false).describe("No projection from Din to D, which must be equal."),
  post_decoder_norm: z.boolean().default(true).describe("A norm after the last block."),
};

const optionSchema = z.strictObject(simpleDecoderOptions);

/** Slots that decoders of patch tokens share. */
export const simpleDecoderSlots = {
  attn_target: slot("attention"),
  ffn_target: slot("ffn", { default: "core/mlp" }),
  norm_layer: slot("norm", { default: "core/layer-norm" }),
  layer: slot("module", { default: "transformer-trunk/block" }),
};

/** Ports that decoders of patch tokens share. A mask `[B, P]` says where mask tokens go; `[B, N, N]` is an attention mask. */
export const simpleDecoderPorts = {
  tokens: read(null, "B N I=input_dim"),
  mask: maybeRead("mask", "B ..."),
  num_visible: maybeReadValue(fromPort("mask", "_num_visible")),
  predictions: write(null, "B Q O=output_dim"),
};

/** Options of ml-l3m without effect: its initialisation of the prediction is overwritten right away. */
export const SIMPLE_DECODER_IGNORES = ["logit_proj_init"];

type Given = z.infer<typeof optionSchema> & SlotValues<typeof simpleDecoderSlots>;

/** Declares everything of a decoder and returns its forward pass, from the ports to the predictions `[B, P, Dout]`. */
export function decodesTokens(
  given: Given,
  context: BuildContext,
): (inputs: PortInputs<typeof simpleDecoderPorts>, forward: ForwardContext) => Tensor {
  const { embed_dim: D, input_dim, num_layers: L, attn_target, ffn_target, norm_layer, use_bias } = given;
  const { patch_dropout_rate: rate, insert_mask } = given;
  const grid = patchGrid(context, given.image_size, given.patch_size);
  if (given.skip_projection && input_dim !== D) throw projectionNeeded(context, input_dim, D);

  const addPositions = given.disable_pos_embed ? undefined : fixedPositions(context, { width: D, grid });
  const axes = ["broadcast", "position", "embed"];
  const maskToken = insert_mask || rate > 0 ? context.param("mask_token", [1, 1, D], { init: ZEROS, axes }) : undefined;
  const dropRates =
    rate > 0
      ? context.buffer("patch_drop_bernoulli", [1, grid[0] * grid[1]], { init: { kind: "constant", value: rate } })
      : undefined;
  const project = given.skip_projection
    ? (x: Tensor): Tensor => x
    : linearParams(context, "decoder_projection", { in: input_dim, out: D });
  const blocks = stackBlocks(
    context,
    "decoder_blocks",
    given.layer,
    { embed_dim: D, attn_target, mlp_hidden_dim: hiddenWidth(given), ffn_target, norm_layer, use_bias },
    Array.from({ length: L }, () => 0),
  );
  const norm = given.post_decoder_norm ? context.child("decoder_norm", norm_layer, { dim: D }) : undefined;
  const predict = linearParams(context, "decoder_pred", { in: D, out: given.output_dim });
  initTrunk(context, "xavier_uniform", L);

  return ({ tokens, mask, num_visible }, forward) => {
    let x = project(tokens);
    if (insert_mask && maskToken !== undefined && mask !== undefined) {
      checkVisible(num_visible, x, context.where);
      x = insertMaskTokens(x, mask, maskToken.value, context.where);
    }
    if (maskToken !== undefined && dropRates !== undefined && (forward.train || context.compat)) {
      // ml-l3m: patches are dropped in eval too
      const [B = 0, N = 0] = x.shape;
      const draw_BN = forward.rng.child(context.path).uniform("patch_dropout", [B, N]);
      const dropped_BN = tf.less(draw_BN, firstPositions(dropRates.value, N, context.where));
      x = replaceTokens(x, dropped_BN, maskToken.value);
    }
    if (addPositions !== undefined) x = addPositions(x);
    const attends = mask?.rank === 3 || context.compat ? mask : undefined; // ml-l3m: attentions get the patch mask too
    x = runBlocks(blocks, x, { mask: attends }, forward).tokens;
    return predict(norm === undefined ? x : norm.forward(x, forward));
  };
}

/** Adds a prediction for every patch under `write_key`. */
export const simpleDecoder = defineBlock({
  name: "simple-decoder",
  summary: "Blocks over patch tokens, with learned tokens for masked patches, and a prediction for every token.",
  aliases: ["l3m.model.heads.simple_decoder.SimpleDecoder"],
  ignores: SIMPLE_DECODER_IGNORES,
  options: optionSchema,
  slots: simpleDecoderSlots,
  ports: simpleDecoderPorts,
  build(given, context) {
    const decode = decodesTokens(given, context);
    return { forward: (inputs, forward) => ({ predictions: decode(inputs, forward) }) };
  },
});

/** @throws L3M_BAD_SHAPE when the data says that the mask leaves another number of patches than there are tokens. */
function checkVisible(num_visible: unknown, x_BND: Tensor, where: string): void {
  if (typeof num_visible !== "number" || num_visible === x_BND.shape[1]) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The visible tokens fill the places where the patch mask is false.",
    where: { path: where },
    expected: `${num_visible} tokens, one for each visible patch`,
    got: `${x_BND.shape[1] ?? 0} tokens`,
    fix: "Let the preprocessor drop the masked patches (drop_patches: true, cls_token: false), or set insert_mask: false.",
  });
}

function projectionNeeded(context: BuildContext, input_dim: number, embed_dim: number): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: "Without a projection the decoder works in the width of what it reads.",
    where: { path: `${context.where}.skip_projection` },
    expected: `embed_dim = input_dim = ${input_dim}`,
    got: `embed_dim = ${embed_dim}`,
    fix: "Make the widths equal, or set skip_projection: false.",
  });
}
