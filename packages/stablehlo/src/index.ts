/** Typed builder, verifier and printer of StableHLO modules. */
export { type Attribute, type Attributes } from "./attributes.ts";
export { inputsOf, isParameter, Operation, parameter, Region, Value } from "./operation.ts";
export { convert, bitcastConvert } from "./ops/convert.ts";
export { clamp, compare, type Direction, select } from "./ops/compare.ts";
export { constant, constantFromBytes, type ElementArray, isUniform, type Scalar, splat } from "./ops/constant.ts";
export { conditional, optimizationBarrier, whileLoop } from "./ops/control-flow.ts";
export { convolution, type ConvolutionLayout, type ConvolutionOptions } from "./ops/convolution.ts";
export { customCall, type CustomCallOptions, type Layout } from "./ops/custom-call.ts";
export { type DotDimensions, dotGeneral, type Precision } from "./ops/dot.ts";
export { dynamicSlice, dynamicUpdateSlice } from "./ops/dynamic-slice.ts";
export {
  abs,
  acos,
  acosh,
  add,
  and,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cbrt,
  ceil,
  cosh,
  cosine,
  divide,
  erf,
  erfInv,
  exp,
  expm1,
  floor,
  isFinite,
  log,
  log1p,
  logistic,
  maximum,
  minimum,
  multiply,
  negate,
  not,
  or,
  popcount,
  power,
  remainder,
  roundNearestEven,
  rsqrt,
  shiftLeft,
  shiftRightArithmetic,
  shiftRightLogical,
  sign,
  sine,
  sinh,
  sqrt,
  subtract,
  tan,
  tanh,
  xor,
} from "./ops/elementwise.ts";
export { gather, type GatherOptions, scatter, type ScatterOptions } from "./ops/gather.ts";
export { manualComputation, type ManualComputationOptions } from "./ops/manual-computation.ts";
export { rngBitGenerator, type RngAlgorithm } from "./ops/random.ts";
export { reduce, type ReduceKind, reduceVariadic, type VariadicReduction } from "./ops/reduce.ts";
export {
  broadcastInDim,
  concatenate,
  iota,
  pad,
  type Padding,
  reshape,
  reverse,
  slice,
  transpose,
} from "./ops/shape.ts";
export { sort, type SortOptions } from "./ops/sort.ts";
export { reduceWindow, selectAndScatter, type Window } from "./ops/window.ts";
export {
  type FunctionParameter,
  type FunctionResult,
  type FunctionSpec,
  type MemoryKind,
  type ModuleSpec,
  printModule,
} from "./print/module.ts";
export { checkSharding, type Mesh, type Sharding, shardingConstraint } from "./sharding.ts";
export {
  byteWidth,
  type ElementType,
  isFloat,
  isInteger,
  isUnsigned,
  sameShape,
  sameType,
  scalarType,
  sizeOf,
  type TensorType,
  typeText,
} from "./types.ts";
