/** Transformer trunk: a stack of blocks on a sequence of tokens. B batch, N tokens, D width, L blocks. */
import { defineBlock, fromOption, fromPort, maybeRead, read, slot, write, writeList } from "@l3m/core";
import * as z from "zod";
import { runBlocks, stackBlocks } from "./block-stack.ts";
import { dropPathRates, hiddenWidth, trunkOptions } from "./trunk-options.ts";
import { initTrunk, rescaleBranchOutputs } from "./weight-init.ts";

/** Writes the tokens and, under `<write_key>_trunk`, the output of every block (before the final norm). */
export const transformer = defineBlock({
  name: "transformer",
  summary: "Stack of transformer blocks.",
  aliases: ["l3m.model.trunks.transformer.Transformer"],
  upstream: { block: "layer" },
  options: z.strictObject(trunkOptions),
  slots: {
    attn_target: slot("attention"),
    ffn_target: slot("ffn", { default: "core/mlp" }),
    act_layer: slot("activation", { default: "core/gelu" }),
    norm_layer: slot("norm", { default: "core/layer-norm" }),
    layer: slot("module", { default: "transformer-trunk/block" }),
  },
  ports: {
    x: read(null, "B N D=embed_dim"),
    mask: maybeRead(fromOption("self_attn_mask_read_key")),
    positions: maybeRead("position_ids", "B N", { dtype: "int32" }),
    y: write(null, "B N D"),
    layers: writeList(fromPort("y", "_trunk"), "B N D"),
  },
  build(given, context) {
    const { embed_dim, num_blocks: L, attn_target, ffn_target, act_layer, norm_layer } = given;
    const { ffn_dropout_rate, use_bias, gpt_proj_rescale } = given;
    const mlp_hidden_dim = hiddenWidth(given);
    const blocks = stackBlocks(
      context,
      "blocks",
      given.layer,
      { embed_dim, attn_target, mlp_hidden_dim, ffn_target, act_layer, norm_layer, ffn_dropout_rate, use_bias },
      dropPathRates(given),
    );
    const norm = given.post_trunk_norm ? context.child("post_trunk_norm", norm_layer, { dim: embed_dim }) : undefined;
    initTrunk(context, given.weight_init_style, L);
    if (gpt_proj_rescale !== false) rescaleBranchOutputs(context, L, gpt_proj_rescale === "depth" ? "depth" : "block");

    return {
      forward({ x, mask, positions }, forward) {
        const { tokens, layers } = runBlocks(blocks, x, { mask, position_ids: positions }, forward);
        return { y: norm === undefined ? tokens : norm.forward(tokens, forward), layers };
      },
    };
  },
});
