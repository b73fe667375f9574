/** Whether predictions are of the patches that they are compared with. B batch, N patches, M predictions, C values of a patch. */
import type { Tensor } from "@l3m/core/tf";
import { formatShape, L3mError } from "@l3m/core";

/**
 * @param heads K, predictions of a patch side by side: `[B, M, K C]`
 * @throws L3M_BAD_SHAPE unless there are at most N (with `all` exactly N) predictions of K times C values
 */
export function checkPredictions(
  predictions: Tensor,
  patches_BNC: Tensor,
  options: { readonly heads?: number; readonly all?: boolean },
): void {
  const { heads = 1, all = false } = options;
  const [, N = 0, C = 0] = patches_BNC.shape;
  const [, M = 0, values] = predictions.shape;
  if (predictions.rank === 3 && values === heads * C && (all ? M === N : M <= N)) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: `The predictions do not fit the target, which has ${N} patches of ${C} values.`,
    expected: `predictions [B,${all ? N : `M <= ${N}`},${heads === 1 ? C : `${heads}*${C}`}]`,
    got: formatShape(predictions.shape, predictions.dtype),
    fix: "Check output_dim of the head, patch_size here and in the model, and that class tokens and registers are left out.",
  });
}
