/** Floating-point operations of the matrix products and convolutions of a program. */
import { type Operation, sizeOf, type Value } from "@l3m/stablehlo";
import { FusedAttention } from "@l3m/tfjs-kernels";
import { operationsOf, type ProgramGraph } from "./graph.ts";

/**
 * `2 M N K` of every product and convolution of a program; a multiplication and an addition count as two. Attention counts as
 * its products, all scores included, whether it is one call or composed.
 */
export function matrixFlops({ results }: Pick<ProgramGraph, "results">): number {
  return operationsOf(results).reduce((sum, op) => sum + flopsOf(op), 0);
}

/** The part of {@link matrixFlops} of a forward pass that goes into scores that causal attention hides: half of its products. */
export function hiddenFlops({ kernels }: Pick<ProgramGraph, "kernels">): number {
  return kernels.reduce((sum, { kernel, shapes, attrs }) => {
    if (kernel !== FusedAttention || !("causal" in attrs) || attrs.causal !== true) return sum;
    const [[B = 0, H = 0, N = 0, d = 0] = [], [, , M = 0] = []] = shapes; // q [B, H, N, d], k [B, G, M, d]
    return sum + attentionFlops([B, H, N, M, d], FORWARD_PRODUCTS) / 2;
  }, 0);
}

/** Scores, and their product with the values. */
const FORWARD_PRODUCTS = 2;
/** The scores again, and the gradients of scores, queries, keys and values (Dao et al. 2022). */
const BACKWARD_PRODUCTS = 5;

function attentionFlops(dims_BHNMd: readonly number[], products: number): number {
  return 2 * products * sizeOf(dims_BHNMd);
}

function flopsOf(op: Operation): number {
  switch (op.name) {
    case "stablehlo.dot_general":
      return dotFlops(op);
    case "stablehlo.convolution":
      return convolutionFlops(op);
    case "stablehlo.custom_call":
      return callFlops(op);
    default:
      return 0;
  }
}

/** Elements of the result, each a sum over the contracted dimensions. */
function dotFlops(op: Operation): number {
  const dimensions = op.attributes["dot_dimension_numbers"];
  if (typeof dimensions !== "object" || !("struct" in dimensions)) return 0;
  const contracted = dimensions.fields["lhs_contracting_dimensions"];
  const lhs = shapeOf(op.operands[0]);
  const terms = typeof contracted === "object" ? contracted.map((dim) => lhs[dim] ?? 1) : [];
  return 2 * sizeOf(shapeOf(op.results[0])) * sizeOf(terms);
}

/** Elements of the result, each a sum over the window and the features of its group. */
function convolutionFlops(op: Operation): number {
  const layout = op.attributes["dimension_numbers"];
  if (typeof layout !== "object" || !("text" in layout)) return 0;
  // #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>: everything of the kernel but its output features
  const kernel = /x\[([^\]]*)\]/.exec(layout.text)?.[1]?.split(", ") ?? [];
  const terms = shapeOf(op.operands[1]).filter((_, i) => kernel[i] !== "o");
  return 2 * sizeOf(shapeOf(op.results[0])) * sizeOf(terms);
}

/** cuDNN's attention: q `[B, N, H, d]`, k `[B, M, G, d]`. */
function callFlops(op: Operation): number {
  const target = op.attributes["call_target_name"];
  if (typeof target !== "string" || !target.startsWith("__cudnn$fmha")) return 0;
  const [B = 0, N = 0, H = 0, d = 0] = shapeOf(op.operands[0]);
  const M = shapeOf(op.operands[1])[1] ?? 0;
  return attentionFlops([B, H, N, M, d], target.endsWith("Backward") ? BACKWARD_PRODUCTS : FORWARD_PRODUCTS);
}

function shapeOf(value: Value | undefined): readonly number[] {
  return value?.type.shape ?? [];
}
