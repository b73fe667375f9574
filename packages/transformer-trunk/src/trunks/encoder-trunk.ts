/** What trunks of self-attention blocks share: ports, slots, blocks, final norm, initialisation. B batch, N tokens, D width. */
import {
  type BlockBody,
  type BuildContext,
  fromOption,
  fromPort,
  maybeRead,
  read,
  slot,
  type SlotRef,
  type SlotValues,
  write,
  writeList,
} from "@l3m/core";
import type * as z from "zod";
import { type BlockChoice, runBlocks, stackBlocks } from "./block-stack.ts";
import { dropPathRates, hiddenWidth, type trunkOptions } from "./trunk-options.ts";
import { initTrunk, rescaleBranchOutputs } from "./weight-init.ts";

/** Tokens in, tokens out and, under `<write_key>_trunk`, the output of every block (before the final norm). */
export const ENCODER_PORTS = {
  x: read(null, "B N D=embed_dim"),
  mask: maybeRead(fromOption("self_attn_mask_read_key")),
  positions: maybeRead("position_ids", "B N", { dtype: "int32" }),
  y: write(null, "B N D"),
  layers: writeList(fromPort("y", "_trunk"), "B N D"),
};

export const ENCODER_SLOTS = {
  attn_target: slot("attention"),
  act_layer: slot("activation", { default: "core/gelu" }),
  norm_layer: slot("norm", { default: "core/layer-norm" }),
};

type EncoderOptions = z.infer<z.ZodObject<typeof trunkOptions>> & SlotValues<typeof ENCODER_SLOTS>;

/**
 * Declares `blocks.<i>.*` and `post_trunk_norm.*`, initialised by the style of the trunk.
 *
 * @param choice which block stands where
 * @param ffn_target what every block gets as its feed-forward network; undefined leaves that to the block
 */
export function encoderTrunk(
  context: BuildContext,
  given: EncoderOptions,
  choice: BlockChoice,
  ffn_target?: SlotRef<"ffn">,
): BlockBody<typeof ENCODER_PORTS> {
  const { embed_dim, num_blocks: L, attn_target, act_layer, norm_layer } = given;
  const { ffn_dropout_rate, use_bias, gpt_proj_rescale } = given;
  const mlp_hidden_dim = hiddenWidth(given);
  const blocks = stackBlocks(
    context,
    "blocks",
    choice,
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
}
