/** A trunk under another name in the state dict. */
import { defineContainer, slot } from "@l3m/core";
import * as z from "zod";

/**
 * Runs the trunk `transformer` as it is, with its parameters under `transformer.`, as weights of models wrapped for ml-l3m's tensor
 * parallelism have them. Sharding needs no wrapper here.
 */
export const tpWrapper = defineContainer({
  name: "tp-wrapper",
  summary: "Runs a trunk as it is; its parameters are named transformer.*, for weights that were saved so.",
  aliases: ["l3m.model.trunks.transformer.TPWrapper"],
  positional: ["transformer"],
  options: z.strictObject({}),
  slots: { transformer: slot("block") },
  build: ({ transformer }, context) => ({ children: [context.child("transformer", transformer)] }),
});
