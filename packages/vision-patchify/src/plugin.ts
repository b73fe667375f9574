/** What this package registers. */
import { definePlugin } from "@l3m/core";
import { openaiClipVitProcessorWithRegisters } from "./openai-clip-vit-processor-with-registers.ts";
import { openaiClipVitProcessor } from "./openai-clip-vit-processor.ts";
import { patchEmbedLinear } from "./patch-embed-linear.ts";
import { patchEmbed } from "./patch-embed.ts";
import { tokenSubSampler } from "./token-sub-sampler.ts";
import { vitPreprocessorWithRegisters } from "./vit-preprocessor-with-registers.ts";
import { vitPreprocessor } from "./vit-preprocessor.ts";

export const visionPatchify = definePlugin({
  namespace: "vision-patchify",
  provides: [
    patchEmbed,
    patchEmbedLinear,
    vitPreprocessor,
    vitPreprocessorWithRegisters,
    openaiClipVitProcessor,
    openaiClipVitProcessorWithRegisters,
    tokenSubSampler,
  ],
});
