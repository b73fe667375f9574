/** A model: the block that a config describes, with everything that it declares. Building allocates no tensors. */
import type { Tensor } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ForwardContext } from "../contract/forward-context.ts";
import type { ConfigNode } from "../contract/slots.ts";
import type { Loss, Products } from "../contract/products.ts";
import type { Kind } from "../contract/kinds.ts";
import type { DataDict } from "../data-dict/data-dict.ts";
import type { ReadWriteBlock } from "../data-dict/read-write-block.ts";
import { drawParam } from "../params/initializers.ts";
import type { BufferSpec, ParamSpec } from "../params/param.ts";
import { type ParamValues, withParams } from "../params/param-scope.ts";
import { project } from "../params/state-dict.ts";
import type { Registry } from "../registry/registry.ts";
import { BuildContext, newBuild } from "./build-context.ts";
import { evalContext } from "./eval-context.ts";
import { resolveNode } from "./resolve-slot.ts";

/** A built thing with the parameters and buffers that it declared, in declaration order. */
export interface Built<P> {
  readonly product: P;
  readonly params: readonly ParamSpec[];
  readonly buffers: readonly BufferSpec[];
}

export interface BuildOptions {
  readonly compat?: boolean;
  /** Dotted path of the node in the config, for errors. */
  readonly where?: string;
  /** Makes a path of the config absolute. Default: as it is (relative to the current folder). */
  readonly resolveFile?: (path: string) => string;
  /** Options that an owner would supply (see `PARENT_OPTIONS`). */
  readonly parent?: Readonly<Record<string, unknown>>;
}

/** Builds any registered thing from its node. */
export function build<K extends Kind>(
  registry: Registry,
  kinds: K | readonly K[],
  node: ConfigNode,
  options: BuildOptions = {},
): Built<Products[K]> {
  const { compat, resolveFile } = options;
  const state = newBuild(registry, {
    ...(compat === undefined ? {} : { compat }),
    ...(resolveFile === undefined ? {} : { resolveFile }),
  });
  const ref = resolveNode(registry, typeof kinds === "string" ? [kinds] : kinds, node, options.where ?? "");
  const product = new BuildContext(state, "", options.where ?? "").child("", ref, options.parent);
  return { product, params: state.tree.params, buffers: state.tree.buffers };
}

export class Model {
  readonly root: ReadWriteBlock;
  readonly params: readonly ParamSpec[];
  readonly buffers: readonly BufferSpec[];

  constructor(built: Built<ReadWriteBlock>) {
    this.root = built.product;
    this.params = built.params;
    this.buffers = built.buffers;
  }

  /** Runs the model on `dict` (mutated and returned) with `values` for its parameters and buffers. */
  forward(values: ParamValues, dict: DataDict, context: ForwardContext = evalContext()): DataDict {
    return withParams(values, () => this.root.forward(dict, context));
  }

  /** Fresh parameters and buffers. `key`: int32 `[2]`; the same key gives the same numbers on every engine. */
  initialise(key: Tensor): Map<string, Tensor> {
    const values = new Map<string, Tensor>();
    for (const spec of this.params)
      values.set(spec.path, project(drawParam(spec.init, key, spec.path, spec.shape), spec.project));
    for (const spec of this.buffers)
      values.set(spec.path, tf.cast(drawParam(spec.init, key, spec.path, spec.shape), spec.dtype));
    return values;
  }
}

/** Builds the model of a config (`model.meta_model`). Throws every config error of the tree at once. */
export function buildModel(registry: Registry, node: ConfigNode, options: BuildOptions = {}): Model {
  return new Model(build(registry, "block", node, options));
}

/** Builds a loss from its node. */
export function buildLoss(registry: Registry, node: ConfigNode, options: BuildOptions = {}): Loss {
  return build(registry, "loss", node, options).product;
}
