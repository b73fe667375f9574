/** Pooling and selecting postprocessors, classifiers. */
import { definePlugin } from "@l3m/core";
import { attentionPoolingClassifier } from "./classifiers/attention-pooling-classifier.ts";
import { linearClassifier } from "./classifiers/linear-classifier.ts";
import { probeHparamSearchWrapper } from "./classifiers/probe-hparam-search-wrapper.ts";
import { simplifiedAttentionPoolingClassifier } from "./classifiers/simplified-attention-pooling-classifier.ts";
import { tiedClassifier } from "./classifiers/tied-classifier.ts";
import { transformerClassifier } from "./classifiers/transformer-classifier.ts";
import { averageLastNLayers } from "./pool/average-last-n-layers.ts";
import { concatPooling } from "./pool/concat-pooling.ts";
import { gap } from "./pool/gap.ts";
import { maskedMean } from "./pool/masked-mean.ts";
import { mean } from "./pool/mean.ts";
import { perceiverResampler } from "./pool/perceiver-resampler.ts";
import { weightedAveragePooling } from "./pool/weighted-average-pooling.ts";
import { extractCls } from "./select/extract-cls.ts";
import { extractEos } from "./select/extract-eos.ts";
import { selectTokens } from "./select/select-tokens.ts";
import { selectTokensWithMask } from "./select/select-tokens-with-mask.ts";

export {
  attentionPoolingClassifier,
  averageLastNLayers,
  concatPooling,
  extractCls,
  extractEos,
  gap,
  linearClassifier,
  maskedMean,
  mean,
  perceiverResampler,
  probeHparamSearchWrapper,
  selectTokens,
  selectTokensWithMask,
  simplifiedAttentionPoolingClassifier,
  tiedClassifier,
  transformerClassifier,
  weightedAveragePooling,
};

export default definePlugin({
  namespace: "heads",
  provides: [
    gap,
    maskedMean,
    concatPooling,
    averageLastNLayers,
    selectTokens,
    selectTokensWithMask,
    extractCls,
    extractEos,
    linearClassifier,
    tiedClassifier,
    attentionPoolingClassifier,
    simplifiedAttentionPoolingClassifier,
    transformerClassifier,
    probeHparamSearchWrapper,
    perceiverResampler,
    weightedAveragePooling,
    mean,
  ],
});
