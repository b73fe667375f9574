/** A forward context for evaluation without a trainer. */
import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ForwardContext, ReplicaGroup, StateScope } from "../contract/forward-context.ts";
import type { Buffer } from "../params/param.ts";
import { Rng } from "../random/rng.ts";

/** One replica that holds the whole batch. */
export const SINGLE_REPLICA: ReplicaGroup = { index: 0, count: 1, gather: (x) => x };

/** Collects proposed buffer values; reads give the newest. */
export class ProposedState implements StateScope {
  readonly proposed = new Map<string, Tensor>();
  get(buffer: Buffer): Tensor {
    return this.proposed.get(buffer.path) ?? buffer.value;
  }
  set(buffer: Buffer, value: Tensor): void {
    this.proposed.set(buffer.path, value);
  }
}

/** Eval mode, fixed key, nothing collected; `overrides` replaces parts. */
export function evalContext(overrides: Partial<ForwardContext> = {}): ForwardContext {
  return {
    rng: overrides.rng ?? new Rng(tf.tensor1d([0, 0], "int32")),
    train: false,
    generate: false,
    state: new ProposedState(),
    emit: () => undefined,
    takeLoss: () => undefined,
    replicas: SINGLE_REPLICA,
    remat: (_scope, fn, inputs) => fn(inputs),
    constrain: (x) => x,
    ...overrides,
  };
}
