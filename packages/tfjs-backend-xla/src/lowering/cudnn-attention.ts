/**
 * Fused attention by cuDNN's kernels, which never store the scores. The calls take `[B, N, H, d]`, what projections produce,
 * and give `[B, H, N, d]` that lies in memory as `[B, N, H, d]`: the transposes here cancel against those that split and merge
 * heads. Shape letters: attention.ts.
 */
import {
  customCall,
  type Layout,
  pad,
  scalarType,
  slice,
  splat,
  type TensorType,
  transpose,
  type Value,
} from "@l3m/stablehlo";
import { type FusedAttentionAttrs, HIDDEN_SCORE } from "@l3m/tfjs-kernels";
import { type AttentionGradients, type AttentionInputs, type AttentionOutputs } from "./attention.ts";
import { attendingQueries, attentionBias, keepQueries } from "./cudnn-bias.ts";
import { cudnnConfig } from "./cudnn-config.ts";
import { type CudnnPlan } from "./cudnn-plan.ts";
import { onShards, type Placed, type Role } from "./on-shards.ts";

type Attrs = FusedAttentionAttrs;

export function cudnnAttention(inputs: AttentionInputs, attrs: Attrs, plan: CudnnPlan): AttentionOutputs {
  const { q, k, mask } = inputs;
  const [B = 0, H = 0, N = 0, d = 0] = q.type.shape;
  const [paddedO, paddedLogsumexp] = onShards(plan.shards, {
    operands: [...projections(inputs, plan), ...biasOf(inputs, plan)],
    results: [
      { type: { shape: [B, H, plan.N, d], element: q.type.element }, roles: BY_HEAD },
      { type: { shape: [B, H, plan.N], element: "f32" }, roles: ROWS },
    ],
    body: (shards) => forwardCall(shards, attrs),
  }) as [Value, Value];
  const [o, logsumexp] = [firstAlong(paddedO, 2, N), firstAlong(paddedLogsumexp, 2, N)];
  if (mask === undefined) return { o, logsumexp };
  const attends = attendingQueries(mask, attrs.causal, N, k.type.shape[2] ?? 0);
  return { o: keepQueries(o, attends, 0), logsumexp: keepQueries(logsumexp, attends, -HIDDEN_SCORE) };
}

/** The gradients for `dy`, the gradient of the output. */
export function cudnnAttentionGrad(
  inputs: AttentionInputs,
  { o, logsumexp }: AttentionOutputs,
  dy: Value,
  attrs: Attrs,
  plan: CudnnPlan,
): AttentionGradients {
  const { q, k } = inputs;
  const { element } = q.type;
  const bias = biasOf(inputs, plan);
  const stats: Placed = { value: padded(logsumexp, 2, plan.N), roles: ROWS };
  const [B = 0, H = 0, N = 0, d = 0] = q.type.shape;
  const [, G = 0, M = 0] = k.type.shape;
  const keys: TensorType = { shape: [B, G, plan.M, d], element };
  const [dq, dk, dv] = onShards(plan.shards, {
    operands: [...projections(inputs, plan), stats, byToken(dy, plan.N), ...bias, byToken(o, plan.N)],
    results: [
      { type: { shape: [B, H, plan.N, d], element }, roles: BY_HEAD },
      { type: keys, roles: BY_HEAD },
      { type: keys, roles: BY_HEAD },
    ],
    body: (shards) => backwardCall(shards, attrs, bias.length > 0),
  }) as [Value, Value, Value];
  return { dq: firstAlong(dq, 2, N), dk: firstAlong(dk, 2, M), dv: firstAlong(dv, 2, M) };
}

const BY_TOKEN: readonly Role[] = ["batch", "whole", "heads", "whole"];
const BY_HEAD: readonly Role[] = ["batch", "heads", "whole", "whole"];
const ROWS: readonly Role[] = ["batch", "heads", "whole"];

const ROW_MAJOR: Layout = [3, 2, 1, 0];
/** A result `[B, H, N, d]` that lies in memory as `[B, N, H, d]`. */
const TOKEN_MAJOR: Layout = [3, 1, 2, 0];
const STATS: Layout = [2, 1, 0];
/** XLA sets its size. */
const WORKSPACE: TensorType = { shape: [0], element: "ui8" };

/** q, k, v, [bias] -> o, logsumexp */
function forwardCall(operands: readonly Value[], { scale, causal }: Attrs): readonly Value[] {
  const [q, k] = operands as [Value, Value];
  const [B = 0, N = 0, H = 0, d = 0] = q.type.shape;
  const M = k.type.shape[1] ?? 0;
  const results = customCall(operands, {
    target: operands.length === 4 ? "__cudnn$fmhaScaleBiasSoftmax" : "__cudnn$fmhaSoftmax",
    apiVersion: 2,
    backendConfig: cudnnConfig({ pass: "forward", scale, causal, scores: [B, H, N, M] }),
    results: [{ shape: [B, H, N, d], element: q.type.element }, { shape: [B, H, N], element: "f32" }, WORKSPACE],
    layouts: { operands: operands.map(() => ROW_MAJOR), results: [TOKEN_MAJOR, STATS, [0]] },
  });
  return results.slice(0, 2);
}

/** q, k, v, logsumexp, dy, [bias], o -> dq, dk, dv */
function backwardCall(operands: readonly Value[], { scale, causal }: Attrs, hasBias: boolean): readonly Value[] {
  const [q, k] = operands as [Value, Value];
  const [B = 0, N = 0, H = 0, d = 0] = q.type.shape;
  const [, M = 0, G = 0] = k.type.shape;
  const keys: TensorType = { shape: [B, G, M, d], element: q.type.element };
  const results = customCall(operands, {
    target: hasBias ? "__cudnn$fmhaScaleBiasSoftmaxBackward" : "__cudnn$fmhaSoftmaxBackward",
    apiVersion: 2,
    backendConfig: cudnnConfig({ pass: "backward", scale, causal, scores: [B, H, N, M] }),
    results: [{ shape: [B, H, N, d], element: q.type.element }, keys, keys, WORKSPACE],
    layouts: {
      operands: operands.map(({ type }) => (type.shape.length === 3 ? STATS : ROW_MAJOR)),
      results: [TOKEN_MAJOR, TOKEN_MAJOR, TOKEN_MAJOR, [0]],
    },
  });
  return results.slice(0, 3);
}

function projections({ q, k, v }: AttentionInputs, plan: CudnnPlan): readonly Placed[] {
  return [byToken(q, plan.N), byToken(k, plan.M), byToken(v, plan.M)];
}

/** The bias, if the call has one. */
function biasOf(inputs: AttentionInputs, plan: CudnnPlan): readonly Placed[] {
  const bias = attentionBias(inputs, plan);
  if (bias === undefined) return [];
  const [b, h] = bias.type.shape;
  return [{ value: bias, roles: [b === 1 ? "whole" : "batch", h === 1 ? "whole" : "heads", "whole", "whole"] }];
}

/** `[B, H, N, d]` as `[B, length, H, d]`. */
function byToken(x: Value, length: number): Placed {
  return { value: padded(transpose(x, [0, 2, 1, 3]), 1, length), roles: BY_TOKEN };
}

/** Zeros at the end of an axis up to `length`. */
function padded(x: Value, axis: number, length: number): Value {
  const { shape, element } = x.type;
  const more = length - (shape[axis] ?? 0);
  if (more === 0) return x;
  const none = shape.map(() => 0);
  return pad(x, splat(0, scalarType(element)), { low: none, high: none.map((_, i) => (i === axis ? more : 0)) });
}

function firstAlong(x: Value, axis: number, length: number): Value {
  const { shape } = x.type;
  return slice(
    x,
    shape.map(() => 0),
    shape.map((extent, i) => (i === axis ? length : extent)),
  );
}
