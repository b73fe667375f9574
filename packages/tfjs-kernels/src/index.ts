export { recomputingCheap } from "./cheap-results.ts";
export { defineKernel, type KernelCall, type KernelDefinition, type KernelInputs } from "./define-kernel.ts";
export { registerGradients } from "./gradients/register-gradients.ts";
export { type AttentionDropoutAttrs, keptFactor } from "./kernels/attention-dropout.ts";
export { type FusedAttentionAttrs, HIDDEN_SCORE, maskAndKey } from "./kernels/attention-scores.ts";
export {
  castPrecision,
  CastPrecision,
  physicalDtype,
  type CastPrecisionAttrs,
  type PhysicalDtype,
  type PhysicalStorage,
} from "./kernels/cast-precision.ts";
export { checkpoint, Checkpoint, type CheckpointedFunction } from "./kernels/checkpoint.ts";
export { counterNormal, CounterNormal, normalRange, type CounterNormalAttrs } from "./kernels/counter-normal.ts";
export { counterUniform, CounterUniform } from "./kernels/counter-uniform.ts";
export { detach } from "./kernels/detach.ts";
export {
  EmbeddingGather,
  embeddingGather,
  EmbeddingScatterAdd,
  embeddingScatterAdd,
  type EmbeddingScatterAddAttrs,
} from "./kernels/embedding.ts";
export { FusedAttention, fusedAttention, type FusedAttentionOptions } from "./kernels/fused-attention.ts";
export { FusedAttentionGrad } from "./kernels/fused-attention-grad.ts";
export { Gelu, gelu, GELU_TANH_CUBIC, GELU_TANH_SCALE, type GeluAttrs } from "./kernels/gelu.ts";
export { identity } from "./kernels/identity.ts";
export { iota, Iota, type IotaAttrs } from "./kernels/iota.ts";
export {
  LayerNorm,
  layerNorm,
  LayerNormGrad,
  type LayerNormAttrs,
  type LayerNormOptions,
} from "./kernels/layer-norm.ts";
export { optimizationBarrier, OptimizationBarrier } from "./kernels/optimization-barrier.ts";
export { RandomBits, randomBits, type RandomBitsAttrs } from "./kernels/random-bits.ts";
export { RmsNorm, rmsNorm, RmsNormGrad, type RmsNormAttrs } from "./kernels/rms-norm.ts";
export {
  shardingConstraint,
  ShardingConstraint,
  type DimensionSharding,
  type ShardingConstraintAttrs,
} from "./kernels/sharding-constraint.ts";
export { QUICK_GELU_STEEPNESS, QuickGelu, quickGelu, Silu, silu } from "./kernels/silu.ts";
export {
  SoftmaxCrossEntropy,
  softmaxCrossEntropy,
  SoftmaxCrossEntropyGrad,
  type SoftmaxCrossEntropyAttrs,
} from "./kernels/softmax-cross-entropy.ts";
export { SwiGlu, swiGlu, SwiGluGrad } from "./kernels/swi-glu.ts";
export { takeMasked } from "./kernels/take-masked.ts";
export { autocastClass, type AutocastClass, setAutocastClass } from "./precision/autocast.ts";
export { roundToBf16 } from "./precision/bf16.ts";
export { FULL_PRECISION, MIXED_PRECISION, type PrecisionPolicy } from "./precision/policy.ts";
export { erf, erfInv, ERF_INV_CENTRAL, ERF_INV_TAIL } from "./random/erf-inv.ts";
export {
  streamKey,
  streamOf,
  threefry2x32,
  THREEFRY_PARITY,
  THREEFRY_ROTATIONS,
  threefryBits,
  type Words,
} from "./random/threefry.ts";
