/** detach: a value as a constant of the gradient. */
import { engine, type Tensor } from "@tensorflow/tfjs-core";

/** A new tensor over the same data that no gradient flows through (torch's `detach`). */
export function detach(x: Tensor): Tensor {
  const owner = engine();
  const state = owner.state;
  state.kernelDepth++; // ops recorded at a depth above 0 leave no trace on the tape
  try {
    return owner.runKernel("Identity", { x });
  } finally {
    state.kernelDepth--;
  }
}
