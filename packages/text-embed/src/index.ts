export { clsTextPreprocessor } from "./cls-text-preprocessor.ts";
export { textEmbed, textEmbed as default } from "./plugin.ts";
export { textPreprocessor } from "./text-preprocessor.ts";
