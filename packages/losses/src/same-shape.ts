import type { Tensor } from "@l3m/core/tf";
import { formatShape, L3mError } from "@l3m/core";

/** @throws L3M_BAD_SHAPE unless prediction and target have one shape; broadcasting them would compare what does not belong together */
export function checkSameShape(prediction: Tensor, target: Tensor): void {
  if (prediction.shape.join() === target.shape.join()) return;
  throw new L3mError("L3M_BAD_SHAPE", {
    message: "Prediction and target have different shapes.",
    expected: `target ${formatShape(prediction.shape)}, as the prediction`,
    got: formatShape(target.shape, target.dtype),
    fix: "Check the keys of the loss, and the width of the head.",
  });
}
