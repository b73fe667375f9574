/**
 * What both forms of fused attention take and give. B batch, H query heads, G key/value heads (each serves r = H / G
 * consecutive query heads), N queries, M keys, d head width.
 */
import { compare, convert, type ElementType, iota, type Value } from "@l3m/stablehlo";
import { type FusedAttentionAttrs, maskAndKey } from "@l3m/tfjs-kernels";
import { type Operand } from "./kernel.ts";

export interface AttentionInputs {
  /** `[B, H, N, d]`; q, k and v are of one element type. */
  readonly q: Value;
  /** `[B, G, M, d]` */
  readonly k: Value;
  /** `[B, G, M, d]` */
  readonly v: Value;
  /** Bool (may be attended) or float (added to the scaled scores), `[B|1, H|1, N|1, M|1]`. */
  readonly mask: Value | undefined;
  /** int32 `[2]`, of the dropout. */
  readonly key: Value | undefined;
}

export interface AttentionOutputs {
  /** `[B, H, N, d]` in the element type of q */
  readonly o: Value;
  /** f32 `[B, H, N]`; `-HIDDEN_SCORE` for a query that may attend to nothing, so that exp(score - logsumexp) is 0 */
  readonly logsumexp: Value;
}

export interface AttentionGradients {
  readonly dq: Value;
  readonly dk: Value;
  readonly dv: Value;
}

/** The operands in the format that attention computes in: bf16 if one of q, k, v is. `rest`: what stands behind q, k and v. */
export function attentionInputs(
  [q, k, v]: readonly [Operand, Operand, Operand],
  rest: readonly Operand[],
  attrs: FusedAttentionAttrs,
): AttentionInputs {
  const { mask, key } = maskAndKey(rest, attrs);
  const element: ElementType = [q, k, v].some(({ value }) => value.type.element === "bf16") ? "bf16" : "f32";
  return {
    q: convert(q.value, element),
    k: convert(k.value, element),
    v: convert(v.value, element),
    mask: mask?.value,
    key: key?.value,
  };
}

/** Bool `[1, 1, N, M]`: keys up to the query. */
export function causalMask(N: number, M: number): Value {
  const type = { shape: [1, 1, N, M], element: "i32" } as const;
  return compare("LE", iota(type, 3), iota(type, 2));
}
