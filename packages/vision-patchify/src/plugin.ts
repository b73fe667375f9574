/** What this package registers. */
import { definePlugin } from "@l3m/core";
import { patchEmbedLinear } from "./patch-embed-linear.ts";
import { patchEmbed } from "./patch-embed.ts";
import { vitPreprocessor } from "./vit-preprocessor.ts";

export const visionPatchify = definePlugin({
  namespace: "vision-patchify",
  provides: [patchEmbed, patchEmbedLinear, vitPreprocessor],
});
