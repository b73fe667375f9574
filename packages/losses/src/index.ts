/** Objectives and scores: language models, pixels, discrete tokens, classes; wrappers that combine losses. */
import { definePlugin } from "@l3m/core";
import { accuracy } from "./accuracy.ts";
import { bitsPerByte } from "./bits-per-byte.ts";
import { crossEntropyLoss } from "./cross-entropy-loss.ts";
import { llmCrossEntropyLoss } from "./llm-cross-entropy-loss.ts";
import { lossWrapper } from "./loss-wrapper.ts";
import { maeLoss } from "./mae-loss.ts";
import { mseLoss } from "./mse-loss.ts";
import { multiHeadLossWrapper } from "./multi-head-loss-wrapper.ts";
import { multiLossWrapper } from "./multi-loss-wrapper.ts";
import { multiTokenLlmCrossEntropyLoss } from "./multi-token-llm-cross-entropy-loss.ts";
import { multiTokenRasterPixelLoss } from "./multi-token-raster-pixel-loss.ts";
import { patchify, unpatchify, type PatchSize } from "./patches.ts";
import { rasterDiscreteLoss } from "./raster-discrete-loss.ts";
import { rasterPixelLoss } from "./raster-pixel-loss.ts";
import { softTargetCrossEntropy } from "./soft-target-cross-entropy.ts";
import { videoRasterPixelLoss } from "./video-raster-pixel-loss.ts";

export {
  accuracy,
  bitsPerByte,
  crossEntropyLoss,
  llmCrossEntropyLoss,
  lossWrapper,
  maeLoss,
  mseLoss,
  multiHeadLossWrapper,
  multiLossWrapper,
  multiTokenLlmCrossEntropyLoss,
  multiTokenRasterPixelLoss,
  patchify,
  rasterDiscreteLoss,
  rasterPixelLoss,
  softTargetCrossEntropy,
  unpatchify,
  videoRasterPixelLoss,
  type PatchSize,
};

export default definePlugin({
  namespace: "losses",
  provides: [
    llmCrossEntropyLoss,
    multiTokenLlmCrossEntropyLoss,
    maeLoss,
    rasterPixelLoss,
    multiTokenRasterPixelLoss,
    videoRasterPixelLoss,
    rasterDiscreteLoss,
    crossEntropyLoss,
    softTargetCrossEntropy,
    mseLoss,
    lossWrapper,
    multiLossWrapper,
    multiHeadLossWrapper,
    accuracy,
    bitsPerByte,
  ],
});
