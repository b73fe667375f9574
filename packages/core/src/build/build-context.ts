/** What `build` may do: declare parameters and buffers, build what sits in its slots, re-initialise what it built. */
import { didYouMean, formatShape, L3mError } from "@l3m/errors";
import { isLayerKind, type Kind } from "../contract/kinds.ts";
import type { Layer, Products } from "../contract/products.ts";
import type { Initializer } from "../params/initializers.ts";
import { Buffer, type BufferOptions, Param, type ParamOptions, type ParamSpec } from "../params/param.ts";
import { ParamTree } from "../params/param-tree.ts";
import type { Registry } from "../registry/registry.ts";
import { buildOptions, type NodeKeys } from "./build-options.ts";
import { matchesGlob } from "./glob.ts";
import { locatedLayer } from "./located.ts";
import { resolveNode } from "./resolve-slot.ts";
import type { SlotRef } from "./slot-ref.ts";

/** State shared by all contexts of one model. */
export interface BuildState {
  readonly registry: Registry;
  readonly tree: ParamTree;
  /** Reproduce ml-l3m's recorded bugs. */
  readonly compat: boolean;
  readonly shared: Map<unknown, unknown>;
  /** Makes a path of the config absolute; paths are relative to the config file. */
  readonly resolveFile: (path: string) => string;
}

/** A fresh build over `registry`. */
export function newBuild(
  registry: Registry,
  options: { compat?: boolean; resolveFile?: (path: string) => string } = {},
): BuildState {
  return {
    resolveFile: options.resolveFile ?? ((path) => path),
    registry,
    tree: new ParamTree(),
    compat: options.compat ?? false,
    shared: new Map(),
  };
}

export class BuildContext {
  readonly #state: BuildState;
  /** Path of this thing inside the model; empty for the root. Parameter names are appended to it. */
  readonly path: string;
  /** Dotted path of its node in the config, for errors. */
  readonly where: string;
  /** `read_key`, `write_key`, `read` and `write` of the node, as written. */
  readonly keys: NodeKeys;
  /** True when ml-l3m's recorded bugs are to be reproduced. */
  readonly compat: boolean;

  constructor(state: BuildState, path = "", where = "", keys: NodeKeys = {}) {
    this.#state = state;
    this.path = path;
    this.where = where;
    this.keys = keys;
    this.compat = state.compat;
  }

  /** Declares a parameter; its full path is its PyTorch state-dict name. */
  param(name: string, shape: readonly number[], options: ParamOptions): Param {
    const path = this.pathOf(name);
    checkSize(path, shape, this.where);
    this.#state.tree.addParam({
      path,
      shape,
      init: options.init,
      axes: options.axes ?? [],
      trainable: options.trainable ?? true,
      project: options.project,
      role: options.role ?? "other",
      precision: options.precision,
    });
    return new Param(path);
  }

  /**
   * A parameter that another block has declared before, by its full path: for weights that two blocks share. It stays one
   * parameter of its owner.
   *
   * @throws L3M_BAD_OPTION when there is none
   */
  existingParam(path: string): { readonly param: Param; readonly shape: readonly number[] } {
    const { params } = this.#state.tree;
    const spec = params.find((declared) => declared.path === path);
    if (spec !== undefined) return { param: new Param(path), shape: spec.shape };
    const known = params.map((declared) => declared.path);
    throw new L3mError("L3M_BAD_OPTION", {
      message: `No parameter "${path}" has been declared before.${didYouMean(path, known)}`,
      where: { path: this.where },
      expected: "the full name of a parameter of a block that stands earlier in the model",
      got: path,
      fix: "Take the name from `l3m check`, which lists every parameter.",
    });
  }

  /** Declares a buffer: state that no gradient reaches. */
  buffer(name: string, shape: readonly number[], options: BufferOptions): Buffer {
    const path = this.pathOf(name);
    this.#state.tree.addBuffer({
      path,
      shape,
      init: options.init,
      dtype: options.dtype ?? "float32",
      persistent: options.persistent ?? true,
    });
    return new Buffer(path);
  }

  /** Builds what a slot holds, with its parameters under `name`. `parent` are the options that this kind's parents supply. */
  child<K extends Kind>(name: string, ref: SlotRef<K>, parent: Readonly<Record<string, unknown>> = {}): Products[K] {
    const known = this.#state.shared.get(ref.node);
    if (ref.shared && known !== undefined) return known as Products[K];
    const { keys, options } = buildOptions(this.#state.registry, ref, parent);
    const built = ref.definition.build(options, new BuildContext(this.#state, this.pathOf(name), ref.where, keys));
    const product = isLayerKind(ref.definition.kind) ? locatedLayer(built as Layer, ref.where) : built;
    if (ref.shared) this.#state.shared.set(ref.node, product);
    return product as Products[K];
  }

  /** A node that stands inside an option, at `option` (dotted), as what {@link child} takes: for options that are no plain slot. */
  slotRef<K extends Kind>(kind: K, node: unknown, option: string): SlotRef<K> {
    return resolveNode(this.#state.registry, [kind], node, `${this.where}.${option}`);
  }

  /** A context for a part that has no node of its own, with its parameters under `name`. */
  scope(name: string): BuildContext {
    return new BuildContext(this.#state, this.pathOf(name), this.where, this.keys);
  }

  /**
   * Replaces initialisers of parameters declared so far under this path.
   *
   * @param select a glob on the path relative to this one (`"**"`-free shell pattern, dots are ordinary), or a predicate.
   */
  reinit(
    select: string | ((spec: ParamSpec, path: string) => boolean),
    init: Initializer | ((spec: ParamSpec) => Initializer),
  ): void {
    const predicate =
      typeof select === "string" ? (_spec: ParamSpec, path: string) => matchesGlob(path, select) : select;
    this.#state.tree.reinit(this.path, predicate, typeof init === "function" ? init : () => init);
  }

  /** A path in the options as one that can be opened: relative paths are relative to the config file. */
  resolveFile(path: string): string {
    return this.#state.resolveFile(path);
  }

  /** Marks every parameter declared so far under this path as not trainable. */
  freeze(): void {
    this.#state.tree.freeze(this.path);
  }

  /** Full path of something called `name` here. */
  pathOf(name: string): string {
    return [this.path, name].filter((part) => part !== "").join(".");
  }
}

/** @throws L3M_BAD_OPTION for a parameter with more elements than can be counted: an option with too many digits */
function checkSize(path: string, shape: readonly number[], where: string): void {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (Number.isSafeInteger(size)) return;
  throw new L3mError("L3M_BAD_OPTION", {
    message: `The parameter "${path}" would have ${size.toPrecision(2)} elements.`,
    where: { path: where },
    expected: "sizes that fit into a machine",
    got: formatShape(shape),
    fix: "Check the digits of the sizes in its options.",
  });
}
