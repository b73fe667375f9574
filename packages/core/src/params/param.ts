/** Parameters and buffers as a model declares them. They hold no memory; values come from the ParamScope. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Initializer } from "./initializers.ts";
import { valueInScope } from "./param-scope.ts";

/** What a parameter is for; parents re-initialise by role as ml-l3m does by module class. */
export type ParamRole =
  | "linear.weight"
  | "linear.bias"
  | "conv.weight"
  | "conv.bias"
  | "embedding.weight"
  | "layer-norm.weight"
  | "layer-norm.bias"
  | "other";

/** Applied when weights are set and after every update; the forward pass stays pure. */
export interface Projection {
  readonly kind: "clamp";
  readonly min: number;
  readonly max: number;
}

export interface ParamOptions {
  readonly init: Initializer;
  /** Logical axis names, one per dimension (`embed`, `mlp`, `heads`, `vocab`, ...), for sharding plans. */
  readonly axes?: readonly string[];
  readonly trainable?: boolean;
  readonly project?: Projection;
  readonly role?: ParamRole;
  /** `f32`: has no bf16 copy in mixed precision, for the few values that need the digits (a temperature). */
  readonly precision?: "f32";
}

/** A declared parameter. `path` is its PyTorch state-dict name. */
export interface ParamSpec {
  readonly path: string;
  readonly shape: readonly number[];
  readonly init: Initializer;
  readonly axes: readonly string[];
  readonly trainable: boolean;
  readonly project: Projection | undefined;
  readonly role: ParamRole;
  /** `f32`: read in f32 whatever the model computes in. */
  readonly precision: "f32" | undefined;
}

/** A parameter; `value` asks the current ParamScope, so one block runs on masters, copies, shards or averages alike. */
export class Param {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  /** float32 tensor of the declared shape. Throws `L3M_NO_PARAM_SCOPE` outside a scope that holds it. */
  get value(): Tensor {
    return valueInScope(this.path);
  }
}

export interface BufferOptions {
  readonly init: Initializer;
  readonly dtype?: "float32" | "int32" | "bool";
  /** Part of the state dict (default true). */
  readonly persistent?: boolean;
}

export interface BufferSpec {
  readonly path: string;
  readonly shape: readonly number[];
  readonly init: Initializer;
  readonly dtype: "float32" | "int32" | "bool";
  readonly persistent: boolean;
}

/** State that is no parameter (running statistics, tables). */
export class Buffer {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  /** The value at the start of the step; `state.get` gives what was proposed since. */
  get value(): Tensor {
    return valueInScope(this.path);
  }
}
