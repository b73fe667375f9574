export { attention, mergeHeads, splitHeads, type AttentionOptions } from "./attention.ts";
export { causalMask } from "./causal-mask.ts";
export { crossEntropy, logSumExp, type CrossEntropyOptions } from "./cross-entropy.ts";
export { dropout, dropPath } from "./dropout.ts";
export { gatedFfnParams, gatedWidth, type GatedFfnOptions } from "./gated-ffn-params.ts";
export { evenHeadWidth } from "./head-width.ts";
export { l2Normalize } from "./l2-normalize.ts";
export { layerNormParams, type LayerNormParamsOptions } from "./layer-norm-params.ts";
export { linear } from "./linear.ts";
export { linearParams, type LinearOptions } from "./linear-params.ts";
export { checkTrailingShape } from "./trailing-shape.ts";
export { sincosTable2d, sincosTable3d } from "./sincos-table.ts";
export {
  castPrecision,
  detach,
  embeddingGather,
  gelu,
  iota,
  layerNorm,
  physicalDtype,
  quickGelu,
  rmsNorm,
  silu,
  swiGlu,
  takeMasked,
  type LayerNormOptions,
} from "@l3m/tfjs-kernels";
