import { definePlugin } from "@l3m/core";
import { emojiPairs } from "./emoji-pairs.ts";
import { pixelNearestNeighbour } from "./pixel-nearest-neighbour.ts";

export { Art, type DrawingKey } from "./art.ts";
export { artFolder, loadArt } from "./art-cache.ts";
export {
  CAPTION_DEFAULTS,
  fullCaption,
  labelCaption,
  randomCaption,
  trainingCaptions,
  type CaptionOptions,
} from "./captions.ts";
export type { Concept } from "./concepts.ts";
export { emojiPairs, EmojiPairs, SPLIT_CAPTIONS, type CaptionForm, type EmojiPairsOptions } from "./emoji-pairs.ts";
export { GROUPS, groupNumber } from "./groups.ts";
export { pixelNearestNeighbourBaseline, type RetrievalScores } from "./nearest-neighbour.ts";
export { pixelNearestNeighbour } from "./pixel-nearest-neighbour.ts";
export { splitDrawings, type SplitName } from "./split.ts";
export { ATTRIBUTION, STYLES, TEST_STYLE, TRAINING_STYLES, type Style } from "./styles.ts";
export { writeTrainingCaptions } from "./write-training-captions.ts";

/** The plugin `emoji-pairs`. */
export default definePlugin({
  namespace: "emoji-pairs",
  module: import.meta.url,
  provides: [emojiPairs, pixelNearestNeighbour],
});
