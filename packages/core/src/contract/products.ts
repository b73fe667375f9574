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
  /** Functions on tensors that belong to it, for tools: how a pixel loss cuts images into patches. */
  readonly functions?: Readonly<Record<string, (x: Tensor) => Tensor>>;
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
  /** Keys of maps inside the DataDict, as a grid of probes leaves them; `update` gets them as `<name of the map>.<key>`. */
  readonly readsWithin?: NestedReads;
  /** What the model has to answer before every run. Called once, before training: what it needs and cannot find is an error then. */
  queries?(): MetricQueries;
  /** `prepared`: what `queries().prepare` made of the model's answers; only metrics with queries get it, and they always do. */
  start(prepared?: HostArray): MetricRun;
}

/** The same keys of many maps. */
export interface NestedReads {
  /** Names of the maps, as a pattern without flags. Entries that are no maps never fit. */
  readonly pattern: RegExp;
  readonly keys: readonly string[];
}

/** Rows that a metric shows to a part of the model: the prompts whose embeddings make a zero-shot classifier. */
export interface MetricQueries {
  /** Name of the part that runs alone on them, a model of `core/in-series-meta-models`. */
  readonly model: string;
  /** The DataDict of the part: arrays with the same number n of rows. The part sees them in batches. */
  readonly inputs: Readonly<Record<string, HostArray>>;
  /** DataDict key of the answers, float `[n, ...]`. */
  readonly reads: string;
  /** Makes of all answers, in the order of the rows, what `start` takes. */
  prepare(answers: HostArray): HostArray;
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
