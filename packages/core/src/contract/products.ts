/** What each kind builds: the interfaces that plugins implement and the rest of L3M calls. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { DataDict } from "../data-dict/data-dict.ts";
import type { ReadWriteBlock } from "../data-dict/read-write-block.ts";
import type { ParamSpec } from "../params/param.ts";
import type { ForwardContext } from "./forward-context.ts";
import type { Collate, Dataset, MaskGenerator, Sampler, Tokenizer, Transform } from "./data-products.ts";

/** Extra inputs of a layer; each class says which ones it uses. */
export interface LayerInputs {
  /** Attention mask `[B, N, N]`: bool (true = may be attended) or float (added to the scores). */
  readonly mask?: Tensor | undefined;
  /** Positions int32 `[B, N]` for rotary embeddings. */
  readonly position_ids?: Tensor | undefined;
  /** Tokens that a cross-attention makes its keys from, `[B, M, Denc]`. */
  readonly keys?: Tensor | undefined;
  /** Tokens that a cross-attention makes its values from, `[B, M, Denc]`; default `keys`. */
  readonly values?: Tensor | undefined;
}

/** Tensor in, tensor out: norms, activations, FFNs, attentions and other modules. */
export interface Layer {
  forward(x: Tensor, context: ForwardContext, inputs?: LayerInputs): Tensor;
  /** Facts about the layer that a parent may need (a patch embedding's `num_patches`). */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** An elementwise function. */
export interface Activation extends Layer {
  /** `forward(gate) * up` for two tensors of one shape, if there is a kernel that keeps less of it for the backward pass. */
  gated?(gate: Tensor, up: Tensor): Tensor;
}

/** Rotates queries and keys by position. */
export interface PosEmbed {
  /**
   * Shapes: q `[B, H, N, d]`, k `[B, G, N, d]`, v decides N. With `seqDim` 1 the layout is `[B, N, H, d]`.
   * `positionIds` int32 `[B, N]`; default 0..N-1.
   */
  rotate(inputs: { q: Tensor; k: Tensor; v: Tensor; seqDim?: number; positionIds?: Tensor | undefined }): {
    q: Tensor;
    k: Tensor;
    v: Tensor;
  };
}

/** A training objective. `loss` is a scalar; `metrics` are scalars to log. */
export interface Loss {
  readonly reads: readonly string[];
  forward(dict: DataDict, context: ForwardContext): LossResult;
}

export interface LossResult {
  readonly loss: Tensor;
  readonly metrics: Readonly<Record<string, Tensor>>;
}

/** A host copy of one DataDict entry. */
export interface HostArray {
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/** An evaluation score over a whole data set. */
export interface Metric {
  /** DataDict keys that `update` needs; they are read from the device for every batch. */
  readonly reads: readonly string[];
  start(): MetricRun;
}

export interface MetricRun {
  /** One batch; padding rows are cut off before. */
  update(batch: Readonly<Record<string, HostArray>>): void;
  /** Scores by name, for example `{ i2t_r1: 26.9 }`; `baseline/<name>` is what an untrained method reaches. */
  result(): Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
  /** For retrieval-like scores: the nearest rows on the other side of some rows, best first, for people to look at. */
  neighbours?(rows: readonly number[], count: number): readonly (readonly Neighbour[])[];
}

export interface Neighbour {
  readonly row: number;
  readonly score: number;
}

/** An update rule, applied to one parameter at a time. Everything is f32 tensors; pure. */
export interface Optimizer {
  /** Names of the state tensors kept per parameter, each of the parameter's shape and zero at the start. */
  readonly slots: readonly string[];
  /** Learning rate of the options, the base that schedules replace. */
  readonly lr: number;
  readonly weightDecay: number;
  /**
   * Numbers of this step, computed on the host in double precision; `update` gets them as scalar tensors under the same names.
   * `step` counts from 1.
   */
  scalars(step: number, group: { readonly lr: number; readonly weightDecay: number }): Readonly<Record<string, number>>;
  update(inputs: {
    readonly param: Tensor;
    readonly grad: Tensor;
    readonly slots: Readonly<Record<string, Tensor>>;
    readonly scalars: Readonly<Record<string, Tensor>>;
  }): { readonly param: Tensor; readonly slots: Readonly<Record<string, Tensor>> };
}

/** Learning rate (or any scalar) as a function of progress `where` in [0, 1], in double precision. */
export type Schedule = (where: number) => number;

/** Where the metrics of a run go. */
export interface Tracker {
  log(step: number, values: Readonly<Record<string, number | string | boolean>>): void;
  close(): Promise<void>;
}

/** Logical axes of parameters and activations -> mesh axes. */
export interface ShardingPlan {
  /** For each dimension the mesh axes that split it. */
  param(spec: ParamSpec): readonly (readonly string[])[];
}

/** A function on plain values (position tables and the like), called with its options. */
export interface PlainFunction {
  call(): HostArray | Tensor | unknown;
}

/** What `build` of each kind returns. */
export interface Products {
  block: ReadWriteBlock;
  norm: Layer;
  activation: Activation;
  attention: Layer;
  ffn: Layer;
  module: Layer;
  "pos-embed": PosEmbed;
  mask: Layer;
  "mask-generator": MaskGenerator;
  loss: Loss;
  metric: Metric;
  optimizer: Optimizer;
  schedule: Schedule;
  dataset: Dataset;
  transform: Transform;
  sampler: Sampler;
  tokenizer: Tokenizer;
  collate: Collate;
  tracker: Tracker;
  "sharding-plan": ShardingPlan;
  function: PlainFunction;
}
