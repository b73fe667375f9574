/** Transformer trunk: a stack of blocks on a sequence of tokens. B batch, N tokens, D width, L blocks. */
import { defineBlock, slot } from "@l3m/core";
import * as z from "zod";
import { ENCODER_PORTS, ENCODER_SLOTS, encoderTrunk } from "./encoder-trunk.ts";
import { trunkOptions } from "./trunk-options.ts";

/** Writes the tokens and, under `<write_key>_trunk`, the output of every block (before the final norm). */
export const transformer = defineBlock({
  name: "transformer",
  summary: "Stack of transformer blocks.",
  aliases: ["l3m.model.trunks.transformer.Transformer"],
  upstream: { block: "layer" },
  options: z.strictObject(trunkOptions),
  slots: {
    ...ENCODER_SLOTS,
    ffn_target: slot("ffn", { default: "core/mlp" }),
    layer: slot("module", { default: "transformer-trunk/block" }),
  },
  ports: ENCODER_PORTS,
  build: (given, context) => encoderTrunk(context, given, given.layer, given.ffn_target),
});
