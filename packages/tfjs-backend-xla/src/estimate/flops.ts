/** Floating-point operations of the matrix products and convolutions of a program. */
import { type Operation, sizeOf, type Value } from "@l3m/stablehlo";
import { operationsOf } from "./graph.ts";

/** `2 M N K` of every product and convolution that `results` need; a multiplication and an addition count as two. */
export function matrixFlops(results: readonly Value[]): number {
  return operationsOf(results).reduce((sum, op) => sum + flopsOf(op), 0);
}

function flopsOf(op: Operation): number {
  switch (op.name) {
    case "stablehlo.dot_general":
      return dotFlops(op);
    case "stablehlo.convolution":
      return convolutionFlops(op);
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

function shapeOf(value: Value | undefined): readonly number[] {
  return value?.type.shape ?? [];
}
