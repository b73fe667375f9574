/** CLIP head, contrastive loss, retrieval and zero-shot metrics. */
import { definePlugin } from "@l3m/core";
import { clipHead } from "./head/clip-head.ts";
import { clipContrastiveLoss } from "./loss/clip-contrastive-loss.ts";
import { retrieval } from "./metrics/retrieval.ts";
import { zeroShot } from "./metrics/zero-shot.ts";

export { clipContrastiveLoss, clipHead, retrieval, zeroShot };

export default definePlugin({ namespace: "clip-loss", provides: [clipHead, clipContrastiveLoss, retrieval, zeroShot] });
