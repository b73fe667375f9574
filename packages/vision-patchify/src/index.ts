export { patchEmbedLinear } from "./patch-embed-linear.ts";
export { patchEmbed } from "./patch-embed.ts";
export type { PatchFacts, Patchifier } from "./patchifier.ts";
export { patchify } from "./patchify.ts";
export { visionPatchify, visionPatchify as default } from "./plugin.ts";
export { vitPreprocessor } from "./vit-preprocessor.ts";
