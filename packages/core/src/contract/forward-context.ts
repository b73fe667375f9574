/** What a block may ask for while it runs. Nothing else enters or leaves it. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Buffer } from "../params/param.ts";
import type { Rng } from "../random/rng.ts";

export interface ForwardContext {
  /** Counter-based randomness; its seed and step are inputs of the traced step, never constants. */
  readonly rng: Rng;
  readonly train: boolean;
  /** Sampling: blocks read prompts and keep the last token. */
  readonly generate: boolean;
  /** New values for buffers, committed by whoever runs the step. */
  readonly state: StateScope;
  /** Hands a scalar to whoever collects it: to be logged or, with `loss: true`, added to the training loss. */
  emit(name: string, value: Tensor, options?: EmitOptions): void;
  /**
   * Takes over the side loss emitted under this name, the sum of its parts, so that a loss can weigh it: it is then no longer
   * added to the training loss. `undefined` when nothing was emitted.
   *
   * @throws L3M_BAD_OPTION when the number of parts is not what they say it is
   */
  takeLoss(name: string): Tensor | undefined;
  /** The data-parallel replicas, for losses that look across them. */
  readonly replicas: ReplicaGroup;
  /**
   * Runs part of a block so that its activations may be recomputed in the backward pass (policy of the run). `scope` is the
   * path under which the part's parameters live; `fn` must use no other parameters and no other tensors that need gradients.
   */
  remat(scope: string, fn: (inputs: readonly Tensor[]) => Tensor[], inputs: readonly Tensor[]): Tensor[];
  /** Pins an activation to the mesh by logical axis names (`batch`, `sequence`, `embed`, ...); identity without a mesh. */
  constrain(x: Tensor, axes: readonly string[]): Tensor;
}

export interface EmitOptions {
  /** The scalar is a side loss. Side losses of one name are added up. */
  readonly loss?: boolean;
  /** The side loss is one of so many parts of a whole; any other number of parts in a pass is an error. */
  readonly parts?: number;
}

/** Proposed buffer values of one forward pass. */
export interface StateScope {
  get(buffer: Buffer): Tensor;
  set(buffer: Buffer, value: Tensor): void;
}

/** Replicas as one program sees them. Under SPMD there is one, and its batch is the global batch. */
export interface ReplicaGroup {
  readonly index: number;
  readonly count: number;
  /** Rows of all replicas in order. `withGrad: false` makes the gathered rows constants when there is more than one. */
  gather(x: Tensor, key: string, withGrad: boolean): Tensor;
}
