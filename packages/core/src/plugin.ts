/** What core itself registers, under the namespace `core`. */
import { definePlugin } from "./contract/plugin.ts";
import { adapter } from "./layers/adapter.ts";
import { dropPathModule } from "./layers/drop-path.ts";
import { dropoutModule } from "./layers/dropout.ts";
import { gatedFfn } from "./layers/gated-ffn.ts";
import { geGelu } from "./layers/ge-gelu.ts";
import { geluActivation } from "./layers/gelu.ts";
import { genericIdentity } from "./layers/generic-identity.ts";
import { genericSequential } from "./layers/generic-sequential.ts";
import { get2dSincosPosEmbed } from "./layers/get-2d-sincos-pos-embed.ts";
import { get3dSincosPosEmbed } from "./layers/get-3d-sincos-pos-embed.ts";
import { layerNormFp32 } from "./layers/layer-norm-fp32.ts";
import { layerNormLayer } from "./layers/layer-norm.ts";
import { linearWithCustomInit } from "./layers/linear-with-custom-init.ts";
import { linearModule } from "./layers/linear.ts";
import { lpLayerNorm } from "./layers/lp-layer-norm.ts";
import { mlp } from "./layers/mlp.ts";
import { quickGeluActivation } from "./layers/quick-gelu.ts";
import { reluActivation } from "./layers/relu.ts";
import { rmsNormLayer } from "./layers/rms-norm.ts";
import { sigmoidActivation } from "./layers/sigmoid.ts";
import { siluActivation } from "./layers/silu.ts";
import { swiGluFfn } from "./layers/swi-glu-ffn.ts";
import { torchLayerNorm } from "./layers/torch-layer-norm.ts";
import { genericBlock } from "./model/generic-block.ts";
import { identity } from "./model/identity.ts";
import { inSeriesMetaModels } from "./model/in-series-meta-models.ts";
import { metaModel } from "./model/meta-model.ts";
import { multiBlock } from "./model/multi-block.ts";
import { noGradModel } from "./model/no-grad-model.ts";
import { shuffleBatchDim } from "./model/shuffle-batch-dim.ts";

const MODELS = [metaModel, inSeriesMetaModels, multiBlock, genericBlock, noGradModel, shuffleBatchDim, identity];
const ACTIVATIONS = [geluActivation, quickGeluActivation, reluActivation, sigmoidActivation, siluActivation];
const NORMS = [layerNormLayer, torchLayerNorm, layerNormFp32, lpLayerNorm, rmsNormLayer];
const FFNS = [mlp, gatedFfn, swiGluFfn, geGelu];
const MODULES = [
  linearModule,
  linearWithCustomInit,
  dropoutModule,
  dropPathModule,
  adapter,
  genericSequential,
  genericIdentity,
];
const FUNCTIONS = [get2dSincosPosEmbed, get3dSincosPosEmbed];

export const corePlugin = definePlugin({
  namespace: "core",
  provides: [...MODELS, ...ACTIVATIONS, ...NORMS, ...FFNS, ...MODULES, ...FUNCTIONS],
});
