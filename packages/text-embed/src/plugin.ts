/** What this package registers. */
import { definePlugin } from "@l3m/core";
import { clsTextPreprocessor } from "./cls-text-preprocessor.ts";
import { documentMaskingBuilder } from "./document-masking-builder.ts";
import { mergeVisionText } from "./merge-vision-text.ts";
import { paddingAttentionMaskBuilder } from "./padding-attention-mask-builder.ts";
import { textPreprocessor } from "./text-preprocessor.ts";
import { visionAndTextPreprocessor } from "./vision-and-text-preprocessor.ts";

export const textEmbed = definePlugin({
  namespace: "text-embed",
  provides: [
    clsTextPreprocessor,
    textPreprocessor,
    visionAndTextPreprocessor,
    mergeVisionText,
    paddingAttentionMaskBuilder,
    documentMaskingBuilder,
  ],
});
