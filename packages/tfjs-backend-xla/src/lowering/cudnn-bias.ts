/** Masks as cuDNN takes them: a bias of the operands' format, which is added to the scaled scores. */
import {
  and,
  broadcastInDim,
  compare,
  convert,
  type ElementType,
  maximum,
  pad,
  reduce,
  scalarType,
  select,
  splat,
  type Value,
} from "@l3m/stablehlo";
import { HIDDEN_SCORE } from "@l3m/tfjs-kernels";
import { type AttentionInputs, causalMask } from "./attention.ts";
import { broadcastTo, fullLike } from "./broadcast.ts";
import { type CudnnPlan } from "./cudnn-plan.ts";

/** What hides a key: exact in bf16, and far from overflow when scores are added (the value that JAX uses). */
const HIDDEN_BIAS = -(2 ** 41);

/** The mask, and what hides padded keys, as a bias `[B|1, H|1, N, M]` in the lengths of the plan; layers with one mask share it. */
export function attentionBias({ q, k, mask }: AttentionInputs, plan: CudnnPlan): Value | undefined {
  if (mask === undefined && !plan.hidesPadding) return undefined;
  const { element } = q.type;
  const [N, M] = [q.type.shape[2] ?? 0, k.type.shape[2] ?? 0];
  const given = mask === undefined ? splat(0, { shape: [1, 1, N, M], element }) : maskBias(mask, element);
  const bias = expanded(given, N, M);
  if (plan.N === N && plan.M === M) return bias;
  const hidden = splat(HIDDEN_BIAS, scalarType(element));
  return pad(bias, hidden, { low: [0, 0, 0, 0], high: [0, 0, plan.N - N, plan.M - M] });
}

/** Bool: which queries have a key that they may attend to, `[B|1, H|1, N|1]`. */
export function attendingQueries(mask: Value, causal: boolean, N: number, M: number): Value {
  const isBool = mask.type.element === "i1";
  let shown = isBool ? mask : compare("GT", convert(mask, "f32"), fullLike(convert(mask, "f32"), HIDDEN_SCORE));
  if (causal) {
    const full = expanded(shown, N, M);
    shown = and(full, broadcastTo(causalMask(N, M), full.type.shape));
  }
  return reduce(shown, { dims: [3], kind: "or" });
}

/** `x [B, H, N, ...]` with `other` for the queries that attend to nothing. */
export function keepQueries(x: Value, attends: Value, other: number): Value {
  return select(broadcastInDim(attends, x.type.shape, [0, 1, 2]), x, fullLike(x, other));
}

function maskBias(mask: Value, element: ElementType): Value {
  const type = { shape: mask.type.shape, element };
  if (mask.type.element === "i1") return select(mask, splat(0, type), splat(HIDDEN_BIAS, type));
  const wide = convert(mask, "f32");
  return convert(maximum(wide, fullLike(wide, HIDDEN_BIAS)), element);
}

/** cuDNN repeats a bias over batch and heads, not over queries and keys. */
function expanded(x: Value, N: number, M: number): Value {
  const [b = 1, h = 1] = x.type.shape;
  return broadcastTo(x, [b, h, N, M]);
}
