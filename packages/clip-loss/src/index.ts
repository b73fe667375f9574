/** CLIP head, contrastive loss, retrieval and zero-shot metrics. */
import { definePlugin } from "@l3m/core";
import { clipHead } from "./head/clip-head.ts";
import { clipContrastiveLoss } from "./loss/clip-contrastive-loss.ts";
import { clipAccuracy } from "./metrics/clip-accuracy.ts";
import { retrieval } from "./metrics/retrieval.ts";
import { zeroShot } from "./metrics/zero-shot.ts";

import { imagenetTemplates } from "./prompts/imagenet-templates.ts";
import { simpleImagenetTemplates } from "./prompts/simple-imagenet-templates.ts";

export { clipAccuracy, clipContrastiveLoss, clipHead, imagenetTemplates, retrieval, simpleImagenetTemplates, zeroShot };

export default definePlugin({
  namespace: "clip-loss",
  provides: [
    clipHead,
    clipContrastiveLoss,
    retrieval,
    zeroShot,
    clipAccuracy,
    imagenetTemplates,
    simpleImagenetTemplates,
  ],
});
