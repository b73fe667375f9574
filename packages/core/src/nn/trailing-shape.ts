import type { Tensor } from "@tensorflow/tfjs-core";
import { formatShape, L3mError } from "@l3m/errors";

/** @throws L3M_BAD_SHAPE unless the last dimensions of `x` are `sizes`, those of the weights that it meets */
export function checkTrailingShape(x: Tensor, sizes: readonly number[]): void {
  const first = x.rank - sizes.length;
  if (first >= 0 && sizes.every((size, i) => x.shape[first + i] === size)) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "The input does not have the width of the weights.",
    expected: `[...,${sizes.join(",")}]`,
    got: formatShape(x.shape, x.dtype),
    fix: "Check the widths in the options here, and those of what comes before.",
  });
}
