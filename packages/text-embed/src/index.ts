export { clsTextPreprocessor } from "./cls-text-preprocessor.ts";
export { documentMaskingBuilder } from "./document-masking-builder.ts";
export { mergeVisionText } from "./merge-vision-text.ts";
export { paddingAttentionMaskBuilder } from "./padding-attention-mask-builder.ts";
export { textEmbed, textEmbed as default } from "./plugin.ts";
export { textPreprocessor } from "./text-preprocessor.ts";
export { visionAndTextPreprocessor } from "./vision-and-text-preprocessor.ts";
