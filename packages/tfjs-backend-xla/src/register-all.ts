/** All kernels of the backend, registered once per process. */
import { getKernel, registerKernel } from "@tensorflow/tfjs-core";
import { BACKEND_NAME } from "./backend/xla-backend.ts";
import { abs } from "./kernels/Abs.ts";
import { acos } from "./kernels/Acos.ts";
import { acosh } from "./kernels/Acosh.ts";
import { add } from "./kernels/Add.ts";
import { addN } from "./kernels/AddN.ts";
import { all } from "./kernels/All.ts";
import { any } from "./kernels/Any.ts";
import { argMax } from "./kernels/ArgMax.ts";
import { argMin } from "./kernels/ArgMin.ts";
import { asin } from "./kernels/Asin.ts";
import { asinh } from "./kernels/Asinh.ts";
import { atan } from "./kernels/Atan.ts";
import { atan2 } from "./kernels/Atan2.ts";
import { atanh } from "./kernels/Atanh.ts";
import { avgPool } from "./kernels/AvgPool.ts";
import { avgPoolGrad } from "./kernels/AvgPoolGrad.ts";
import { batchMatMul } from "./kernels/BatchMatMul.ts";
import { bitwiseAnd } from "./kernels/BitwiseAnd.ts";
import { cast } from "./kernels/Cast.ts";
import { castPrecision } from "./kernels/CastPrecision.ts";
import { ceil } from "./kernels/Ceil.ts";
import { clipByValue } from "./kernels/ClipByValue.ts";
import { concat } from "./kernels/Concat.ts";
import { conv2D } from "./kernels/Conv2D.ts";
import { conv2DBackpropFilter } from "./kernels/Conv2DBackpropFilter.ts";
import { conv2DBackpropInput } from "./kernels/Conv2DBackpropInput.ts";
import { cos } from "./kernels/Cos.ts";
import { cosh } from "./kernels/Cosh.ts";
import { counterNormal } from "./kernels/CounterNormal.ts";
import { counterUniform } from "./kernels/CounterUniform.ts";
import { cumprod } from "./kernels/Cumprod.ts";
import { cumsum } from "./kernels/Cumsum.ts";
import { elu } from "./kernels/Elu.ts";
import { eluGrad } from "./kernels/EluGrad.ts";
import { embeddingGather } from "./kernels/EmbeddingGather.ts";
import { embeddingScatterAdd } from "./kernels/EmbeddingScatterAdd.ts";
import { equal } from "./kernels/Equal.ts";
import { erf } from "./kernels/Erf.ts";
import { exp } from "./kernels/Exp.ts";
import { expandDims } from "./kernels/ExpandDims.ts";
import { expm1 } from "./kernels/Expm1.ts";
import { fill } from "./kernels/Fill.ts";
import { floor } from "./kernels/Floor.ts";
import { floorDiv } from "./kernels/FloorDiv.ts";
import { fusedAttention } from "./kernels/FusedAttention.ts";
import { fusedAttentionGrad } from "./kernels/FusedAttentionGrad.ts";
import { fusedBatchNorm } from "./kernels/FusedBatchNorm.ts";
import { fusedMatMul } from "./kernels/FusedMatMul.ts";
import { gatherNd } from "./kernels/GatherNd.ts";
import { gatherV2 } from "./kernels/GatherV2.ts";
import { gelu } from "./kernels/Gelu.ts";
import { geluGrad } from "./kernels/GeluGrad.ts";
import { greater } from "./kernels/Greater.ts";
import { greaterEqual } from "./kernels/GreaterEqual.ts";
import { identity } from "./kernels/Identity.ts";
import { iota } from "./kernels/Iota.ts";
import { isFinite } from "./kernels/IsFinite.ts";
import { isInf } from "./kernels/IsInf.ts";
import { isNan } from "./kernels/IsNan.ts";
import { layerNorm } from "./kernels/LayerNorm.ts";
import { layerNormGrad } from "./kernels/LayerNormGrad.ts";
import { leakyRelu } from "./kernels/LeakyRelu.ts";
import { less } from "./kernels/Less.ts";
import { lessEqual } from "./kernels/LessEqual.ts";
import { linSpace } from "./kernels/LinSpace.ts";
import { log } from "./kernels/Log.ts";
import { log1p } from "./kernels/Log1p.ts";
import { logicalAnd } from "./kernels/LogicalAnd.ts";
import { logicalNot } from "./kernels/LogicalNot.ts";
import { logicalOr } from "./kernels/LogicalOr.ts";
import { logSoftmax } from "./kernels/LogSoftmax.ts";
import { max } from "./kernels/Max.ts";
import { maximum } from "./kernels/Maximum.ts";
import { maxPool } from "./kernels/MaxPool.ts";
import { maxPoolGrad } from "./kernels/MaxPoolGrad.ts";
import { mean } from "./kernels/Mean.ts";
import { min } from "./kernels/Min.ts";
import { minimum } from "./kernels/Minimum.ts";
import { mirrorPad } from "./kernels/MirrorPad.ts";
import { mod } from "./kernels/Mod.ts";
import { multiply } from "./kernels/Multiply.ts";
import { neg } from "./kernels/Neg.ts";
import { notEqual } from "./kernels/NotEqual.ts";
import { oneHot } from "./kernels/OneHot.ts";
import { onesLike } from "./kernels/OnesLike.ts";
import { optimizationBarrier } from "./kernels/OptimizationBarrier.ts";
import { pack } from "./kernels/Pack.ts";
import { padV2 } from "./kernels/PadV2.ts";
import { pow } from "./kernels/Pow.ts";
import { prelu } from "./kernels/Prelu.ts";
import { prod } from "./kernels/Prod.ts";
import { quickGelu } from "./kernels/QuickGelu.ts";
import { quickGeluGrad } from "./kernels/QuickGeluGrad.ts";
import { randomBits } from "./kernels/RandomBits.ts";
import { range } from "./kernels/Range.ts";
import { realDiv } from "./kernels/RealDiv.ts";
import { reciprocal } from "./kernels/Reciprocal.ts";
import { relu } from "./kernels/Relu.ts";
import { relu6 } from "./kernels/Relu6.ts";
import { reshape } from "./kernels/Reshape.ts";
import { reverse } from "./kernels/Reverse.ts";
import { rmsNorm } from "./kernels/RmsNorm.ts";
import { rmsNormGrad } from "./kernels/RmsNormGrad.ts";
import { round } from "./kernels/Round.ts";
import { rsqrt } from "./kernels/Rsqrt.ts";
import { scatterNd } from "./kernels/ScatterNd.ts";
import { select } from "./kernels/Select.ts";
import { selu } from "./kernels/Selu.ts";
import { shardingConstraint } from "./kernels/ShardingConstraint.ts";
import { sigmoid } from "./kernels/Sigmoid.ts";
import { sign } from "./kernels/Sign.ts";
import { silu } from "./kernels/Silu.ts";
import { siluGrad } from "./kernels/SiluGrad.ts";
import { sin } from "./kernels/Sin.ts";
import { sinh } from "./kernels/Sinh.ts";
import { slice } from "./kernels/Slice.ts";
import { softmax } from "./kernels/Softmax.ts";
import { softmaxCrossEntropy } from "./kernels/SoftmaxCrossEntropy.ts";
import { softmaxCrossEntropyGrad } from "./kernels/SoftmaxCrossEntropyGrad.ts";
import { softplus } from "./kernels/Softplus.ts";
import { splitV } from "./kernels/SplitV.ts";
import { sqrt } from "./kernels/Sqrt.ts";
import { square } from "./kernels/Square.ts";
import { squaredDifference } from "./kernels/SquaredDifference.ts";
import { step } from "./kernels/Step.ts";
import { stridedSlice } from "./kernels/StridedSlice.ts";
import { sub } from "./kernels/Sub.ts";
import { sum } from "./kernels/Sum.ts";
import { swiGlu } from "./kernels/SwiGlu.ts";
import { swiGluGrad } from "./kernels/SwiGluGrad.ts";
import { tan } from "./kernels/Tan.ts";
import { tanh } from "./kernels/Tanh.ts";
import { tensorScatterUpdate } from "./kernels/TensorScatterUpdate.ts";
import { tile } from "./kernels/Tile.ts";
import { topK } from "./kernels/TopK.ts";
import { transpose } from "./kernels/Transpose.ts";
import { unpack } from "./kernels/Unpack.ts";
import { unsortedSegmentSum } from "./kernels/UnsortedSegmentSum.ts";
import { zerosLike } from "./kernels/ZerosLike.ts";
import { type KernelLowering } from "./lowering/kernel.ts";

/** Every kernel that the backend implements. */
export const KERNELS: readonly KernelLowering[] = [
  abs,
  acos,
  acosh,
  add,
  addN,
  all,
  any,
  argMax,
  argMin,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  avgPool,
  avgPoolGrad,
  batchMatMul,
  bitwiseAnd,
  cast,
  castPrecision,
  ceil,
  clipByValue,
  concat,
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  cos,
  cosh,
  counterNormal,
  counterUniform,
  cumprod,
  cumsum,
  elu,
  eluGrad,
  embeddingGather,
  embeddingScatterAdd,
  equal,
  erf,
  exp,
  expandDims,
  expm1,
  fill,
  floor,
  floorDiv,
  fusedAttention,
  fusedAttentionGrad,
  fusedBatchNorm,
  fusedMatMul,
  gatherNd,
  gatherV2,
  gelu,
  geluGrad,
  greater,
  greaterEqual,
  identity,
  iota,
  isFinite,
  isInf,
  isNan,
  layerNorm,
  layerNormGrad,
  leakyRelu,
  less,
  lessEqual,
  linSpace,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logSoftmax,
  max,
  maximum,
  maxPool,
  maxPoolGrad,
  mean,
  min,
  minimum,
  mirrorPad,
  mod,
  multiply,
  neg,
  notEqual,
  oneHot,
  onesLike,
  optimizationBarrier,
  pack,
  padV2,
  pow,
  prelu,
  prod,
  quickGelu,
  quickGeluGrad,
  randomBits,
  range,
  realDiv,
  reciprocal,
  relu,
  relu6,
  reshape,
  reverse,
  rmsNorm,
  rmsNormGrad,
  round,
  rsqrt,
  scatterNd,
  select,
  selu,
  shardingConstraint,
  sigmoid,
  sign,
  silu,
  siluGrad,
  sin,
  sinh,
  slice,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  softplus,
  splitV,
  sqrt,
  square,
  squaredDifference,
  step,
  stridedSlice,
  sub,
  sum,
  swiGlu,
  swiGluGrad,
  tan,
  tanh,
  tensorScatterUpdate,
  tile,
  topK,
  transpose,
  unpack,
  unsortedSegmentSum,
  zerosLike,
];

/** Registers the kernels with tfjs; a second call does nothing. */
export function registerKernels(): void {
  for (const kernel of KERNELS) {
    if (getKernel(kernel.kernelName, BACKEND_NAME) === undefined) registerKernel(kernel);
  }
}
