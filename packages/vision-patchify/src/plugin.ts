/** What this package registers. */
import { definePlugin } from "@l3m/core";
import { flexAttnPrefixAttentionMaskBuilder } from "./flex-attn-prefix-attention-mask-builder.ts";
import { getCheckerboardPattern } from "./get-checkerboard-pattern.ts";
import { getFixedRandomPattern } from "./get-fixed-random-pattern.ts";
import { getHorizontalRasterPattern } from "./get-horizontal-raster-pattern.ts";
import { getReverseHorizontalRasterPattern } from "./get-reverse-horizontal-raster-pattern.ts";
import { getReverseRasterPattern } from "./get-reverse-raster-pattern.ts";
import { getSpiralPermutation } from "./get-spiral-permutation.ts";
import { maybeCausalAttentionMaskBuilder } from "./maybe-causal-attention-mask-builder.ts";
import { multimodalDecoderMaskBuilder } from "./multimodal-decoder-mask-builder.ts";
import { openaiClipVitProcessor } from "./openai-clip-vit-processor.ts";
import { openaiClipVitProcessorWithRegisters } from "./openai-clip-vit-processor-with-registers.ts";
import { patchEmbed } from "./patch-embed.ts";
import { patchEmbedLinear } from "./patch-embed-linear.ts";
import { prefixAttentionMaskBuilder } from "./prefix-attention-mask-builder.ts";
import { tokenSubSampler } from "./token-sub-sampler.ts";
import { vitPreprocessor } from "./vit-preprocessor.ts";
import { vitPreprocessorWithRegisters } from "./vit-preprocessor-with-registers.ts";

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
    maybeCausalAttentionMaskBuilder,
    prefixAttentionMaskBuilder,
    flexAttnPrefixAttentionMaskBuilder,
    multimodalDecoderMaskBuilder,
    getCheckerboardPattern,
    getFixedRandomPattern,
    getHorizontalRasterPattern,
    getReverseHorizontalRasterPattern,
    getReverseRasterPattern,
    getSpiralPermutation,
  ],
});
