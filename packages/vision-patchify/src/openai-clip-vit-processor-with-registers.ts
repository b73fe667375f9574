/** OpenAI CLIP's preprocessor with register tokens. */
import { defineBlock, fromOption, read, write } from "@l3m/core";
import * as z from "zod";
import { CLIP_IGNORES, clipOptions, clipSequence } from "./openai-clip-vit-processor.ts";
import { patchSequenceSlots } from "./patch-sequence.ts";
import { registerOptions, registers } from "./registers.ts";

export const openaiClipVitProcessorWithRegisters = defineBlock({
  name: "openai-clip-vit-processor-with-registers",
  summary: "openai-clip-vit-processor followed by learned register tokens, which are not normalised.",
  aliases: ["l3m.model.preprocessors.vision.OpenAICLIPViTProcessorWithRegisters"],
  ignores: CLIP_IGNORES,
  options: z.strictObject({ ...clipOptions, ...registerOptions }),
  slots: patchSequenceSlots,
  ports: {
    image: read(null, "B C H W", { dtype: "float32" }),
    tokens: write(null, "B N D"),
    registers_mask: write(fromOption("registers_mask_write_key"), "B N D", { dtype: "bool" }),
  },
  build(options, context) {
    const { embed, embed_dim } = clipSequence(options, context);
    const append = registers(context, embed_dim, options);
    return { forward: ({ image }, forward) => append(embed(image, forward)) };
  },
});
