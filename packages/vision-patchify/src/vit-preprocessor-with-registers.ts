/** A ViT preprocessor that appends register tokens. */
import { defineBlock, fromOption, write } from "@l3m/core";
import * as z from "zod";
import { patchSequenceOptions, patchSequenceSlots } from "./patch-sequence.ts";
import { registerOptions, registers } from "./registers.ts";
import { maskedImagePorts, vitSequence } from "./vit-preprocessor.ts";

export const vitPreprocessorWithRegisters = defineBlock({
  name: "vit-preprocessor-with-registers",
  summary: "vit-preprocessor followed by learned register tokens, which have no positions.",
  aliases: ["l3m.model.preprocessors.vision.ViTPreprocessorWithRegisters"],
  options: z.strictObject({ ...patchSequenceOptions, ...registerOptions }),
  slots: patchSequenceSlots,
  ports: {
    ...maskedImagePorts,
    tokens: write(null, "B N D"),
    registers_mask: write(fromOption("registers_mask_write_key"), "B N D", { dtype: "bool" }),
  },
  build(options, context) {
    const { embed, embed_dim } = vitSequence(options, context);
    const append = registers(context, embed_dim, options);
    return { forward: (inputs, forward) => append(embed(inputs, forward)) };
  },
});
