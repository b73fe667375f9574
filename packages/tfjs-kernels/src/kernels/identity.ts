/** Small tensor identities that stock tfjs lacks as functions. */
import { engine, Identity, type Tensor } from "@tensorflow/tfjs-core";

/** A new tensor over the same data; gradients flow. */
export function identity(x: Tensor): Tensor {
  return engine().runKernel(Identity, { x });
}
