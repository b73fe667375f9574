/** Pooling and selecting postprocessors, classifiers. */
import { definePlugin } from "@l3m/core";
import { linearClassifier } from "./classifiers/linear-classifier.ts";
import { tiedClassifier } from "./classifiers/tied-classifier.ts";
import { averageLastNLayers } from "./pool/average-last-n-layers.ts";
import { concatPooling } from "./pool/concat-pooling.ts";
import { gap } from "./pool/gap.ts";
import { maskedMean } from "./pool/masked-mean.ts";
import { extractCls } from "./select/extract-cls.ts";
import { extractEos } from "./select/extract-eos.ts";
import { selectTokens } from "./select/select-tokens.ts";
import { selectTokensWithMask } from "./select/select-tokens-with-mask.ts";

export {
  averageLastNLayers,
  concatPooling,
  extractCls,
  extractEos,
  gap,
  linearClassifier,
  maskedMean,
  selectTokens,
  selectTokensWithMask,
  tiedClassifier,
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
  ],
});
