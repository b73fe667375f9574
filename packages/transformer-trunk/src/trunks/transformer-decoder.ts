/**
 * Decoder trunk: a stack of decoder blocks on a sequence of tokens, each attending to an encoder's tokens. B batch, N tokens,
 * M encoder tokens, D and Denc their widths, L blocks.
 */
import { defineBlock, fromOption, fromPort, maybeRead, read, slot, write, writeList } from "@l3m/core";
import * as z from "zod";
import { runBlocks, stackBlocks } from "./block-stack.ts";
import { dropPathRates, hiddenWidth, trunkOptions } from "./trunk-options.ts";
import { DECODER_BRANCH_OUTPUTS, initTrunk, rescaleBranchOutputs } from "./weight-init.ts";

const options = z.strictObject({
  encoder_output_key: z.string().describe("Key of the encoder's tokens [B, M, Denc]."),
  ...trunkOptions,
});

/** Writes the tokens and, under `<write_key>_decoder`, the output of every block (before the final norm). */
export const transformerDecoder = defineBlock({
  name: "transformer-decoder",
  summary: "Stack of decoder blocks that attend to an encoder's tokens.",
  aliases: ["l3m.model.trunks.transformer_decoder.TransformerDecoder"],
  upstream: { block: "layer" },
  options,
  slots: {
    self_attn_target: slot("attention"),
    cross_attn_target: slot("attention"),
    ffn_target: slot("ffn", { default: "core/mlp" }),
    act_layer: slot("activation", { default: "core/gelu" }),
    norm_layer: slot("norm", { default: "core/layer-norm" }),
    layer: slot("module", { default: "transformer-trunk/decoder-block" }),
  },
  ports: {
    x: read(null, "B N D=embed_dim"),
    encoded: read(fromOption("encoder_output_key"), "B M E"),
    mask: maybeRead(fromOption("self_attn_mask_read_key")),
    y: write(null, "B N D"),
    layers: writeList(fromPort("y", "_decoder"), "B N D"),
  },
  build(given, context) {
    const { embed_dim, num_blocks: L, self_attn_target, cross_attn_target, ffn_target, norm_layer } = given;
    const { ffn_dropout_rate, use_bias, gpt_proj_rescale } = given;
    const mlp_hidden_dim = hiddenWidth(given);
    const act_layer = context.compat ? undefined : given.act_layer; // ml-l3m: the blocks never hear of it
    const attentions = { self_attn_target, cross_attn_target };
    const blocks = stackBlocks(
      context,
      "blocks",
      given.layer,
      { embed_dim, ...attentions, mlp_hidden_dim, ffn_target, act_layer, norm_layer, ffn_dropout_rate, use_bias },
      dropPathRates(given),
    );
    const norm = given.post_trunk_norm ? context.child("post_trunk_norm", norm_layer, { dim: embed_dim }) : undefined;
    initTrunk(context, given.weight_init_style, L);
    if (gpt_proj_rescale !== false) {
      rescaleBranchOutputs(context, L, gpt_proj_rescale === "depth" ? "depth" : "block", DECODER_BRANCH_OUTPUTS);
    }
    return {
      forward({ x, encoded, mask }, forward) {
        const { tokens, layers } = runBlocks(blocks, x, { keys: encoded, mask }, forward);
        return { y: norm === undefined ? tokens : norm.forward(tokens, forward), layers };
      },
    };
  },
});
