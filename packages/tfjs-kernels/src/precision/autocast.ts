/**
 * Which number format each kernel computes in when its operands are bf16, f32 or both. Precision follows the data: working
 * copies of the parameters in bf16 make a model compute in bf16, and nothing has to be switched on. The classes are those of
 * PyTorch's CUDA autocast; blocks do not know of them.
 */

/**
 * - `compute`: matrix products, convolutions and attention. One bf16 operand makes all of them bf16, and the result too;
 *   f32 with f32 stays f32. A list names the inputs that this is about, in a kernel that has others (statistics, biases).
 * - `f32`: operands are widened and the result is f32, since bf16 would lose what the function is for (sums, exponentials).
 * - `follow`: bf16 with bf16 stays bf16; mixed operands meet in f32. A scalar, or the same constant everywhere, takes the
 *   format of the other operand.
 */
export type AutocastClass = "compute" | "f32" | "follow" | { readonly compute: readonly string[] };

const COMPUTE = [
  "BatchMatMul",
  "Conv2D",
  "Conv2DBackpropFilter",
  "Conv2DBackpropInput",
  "Conv3D",
  "Conv3DBackpropFilterV2",
  "Conv3DBackpropInputV2",
  "DepthwiseConv2dNative",
  "DepthwiseConv2dNativeBackpropFilter",
  "DepthwiseConv2dNativeBackpropInput",
  "Einsum",
  "FusedConv2D",
  "FusedDepthwiseConv2D",
  "_FusedMatMul",
];

const F32 = [
  "Acos",
  "Asin",
  "Atanh",
  "Cosh",
  "Cumprod",
  "Cumsum",
  "Exp",
  "Expm1",
  "FusedBatchNorm",
  "Log",
  "Log1p",
  "LogSoftmax",
  "Mean",
  "Pow",
  "Prod",
  "Reciprocal",
  "Rsqrt",
  "Sinh",
  "Softmax",
  "Softplus",
  "Square",
  "SquaredDifference",
  "Sum",
  "Tan",
  "UnsortedSegmentSum",
];

const classes = new Map<string, AutocastClass>([
  ...COMPUTE.map((name) => [name, "compute"] as const),
  ...F32.map((name) => [name, "f32"] as const),
]);

/** The class of a kernel; `follow` unless it is listed here or was declared by `defineKernel`. */
export function autocastClass(kernelName: string): AutocastClass {
  return classes.get(kernelName) ?? "follow";
}

/** Declares the class of a kernel of one's own. */
export function setAutocastClass(kernelName: string, autocast: AutocastClass): void {
  classes.set(kernelName, autocast);
}
