/** Chooses the form of fused attention for a program. */
import { type FusedAttentionAttrs } from "@l3m/tfjs-kernels";
import { type XlaBackend } from "../backend/xla-backend.ts";
import { type AttentionInputs } from "./attention.ts";
import { type CudnnPlan, planCudnn } from "./cudnn-plan.ts";

/** How to call cuDNN, or undefined for plain products; the program's report then says why, if cuDNN was to be had. */
export function cudnnPlanOf(
  inputs: AttentionInputs,
  attrs: FusedAttentionAttrs,
  backend: XlaBackend,
): CudnnPlan | undefined {
  const { q, k, mask } = inputs;
  const plan = planCudnn({
    platform: backend.platform,
    capability: backend.platform === "cuda" ? computeCapability(backend) : undefined,
    element: q.type.element,
    queries: q.type.shape,
    keys: k.type.shape,
    causal: attrs.causal,
    isMasked: mask !== undefined,
    drops: attrs.dropout !== undefined,
    mesh: backend.trace === undefined ? undefined : backend.mesh,
  });
  if (typeof plan !== "string") return plan;
  if (backend.platform === "cuda") backend.trace?.notes.add(`attention without cuDNN: ${plan}`);
  return undefined;
}

function computeCapability({ devices }: XlaBackend): number | undefined {
  const [device] = devices.devices;
  const capability = device?.attributes()["compute_capability"];
  return capability === undefined ? undefined : Number(capability);
}
