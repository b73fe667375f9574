/** What this package registers. */
import { definePlugin } from "@l3m/core";
import { clsTextPreprocessor } from "./cls-text-preprocessor.ts";
import { textPreprocessor } from "./text-preprocessor.ts";

export const textEmbed = definePlugin({
  namespace: "text-embed",
  provides: [clsTextPreprocessor, textPreprocessor],
});
