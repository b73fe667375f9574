/** Everything that training changes, as one plain tree of tensors. */
import type { Tensor } from "@tensorflow/tfjs-core";

/** Tensors by parameter path. */
export type ByPath = { readonly [path: string]: Tensor };

/** The state between two steps. Keys of `slots` are the optimizer's (`exp_avg`, ...). */
export type TrainState = {
  /** The masters. */
  readonly params: ByPath;
  /** Copies in the format that the model computes in, where that is another one. Not part of checkpoints. */
  readonly working: ByPath;
  readonly buffers: ByPath;
  readonly slots: { readonly [slot: string]: ByPath };
  /** 1, or 0 once a step was not finite: from then on nothing changes any more. Not part of checkpoints. */
  readonly alive: Tensor;
};

/** What a forward pass needs of it. */
export type EvalState = Pick<TrainState, "params" | "working" | "buffers">;

/** What a checkpoint holds of it. */
export type SavedState = Omit<TrainState, "working">;
