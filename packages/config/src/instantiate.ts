/**
 * Builds the objects that `_target_` nodes name, by the rules of Hydra's `instantiate`: depth first, other keys as keyword
 * arguments. L3M itself builds through core's registry, which checks options; this is for programs that bring their own
 * constructors, and it calls nothing but those.
 *
 * | key | meaning | default |
 * |---|---|---|
 * | `_target_` | what to call | none: the map stays a map |
 * | `_partial_` | give a {@link PartialTarget} to be called later | false |
 * | `_args_` | positional arguments | `[]` |
 * | `_recursive_` | build the nodes inside first; false passes them on as data | true |
 * | `_convert_` | accepted and without effect: containers are plain already | |
 */
import { didYouMean, L3mError } from "@l3m/errors";
import type { ConfigTree } from "./tree/config-node.ts";
import { formatPath, type ConfigPath } from "./tree/config-path.ts";

/** Keyword arguments, in the order of the file. */
export type Keywords = Readonly<Record<string, unknown>>;

/** Makes one object. */
export type Factory = (args: readonly unknown[], keywords: Keywords) => unknown;

/** What `_partial_: true` gives: a target with some arguments bound. What it holds was built once, when it was. */
export class PartialTarget {
  readonly target: string;
  readonly args: readonly unknown[];
  readonly keywords: Keywords;
  readonly #factory: Factory;

  constructor(target: string, factory: Factory, args: readonly unknown[], keywords: Keywords) {
    this.target = target;
    this.args = args;
    this.keywords = keywords;
    this.#factory = factory;
  }

  /** Makes the object; further positionals come after the bound ones, keywords win over them. */
  call(args: readonly unknown[] = [], keywords: Keywords = {}): unknown {
    return this.#factory([...this.args, ...args], { ...this.keywords, ...keywords });
  }
}

export interface InstantiateOptions {
  /** Every target that may be named. */
  readonly targets: ReadonlyMap<string, Factory>;
  /** Take the place of the node's `_args_`. */
  readonly args?: readonly ConfigTree[];
  /** Merged over the node's keys before anything is built. */
  readonly keywords?: { readonly [key: string]: ConfigTree };
  /** Where the node stands, for messages. */
  readonly path?: ConfigPath;
}

/**
 * A list gives a list, a map without `_target_` a map of what its values give, null null.
 * @throws L3M_UNKNOWN_NAME for a target that is not in `targets`; L3M_BAD_OPTION for a scalar, or a special key of the wrong type
 */
export function instantiate(node: ConfigTree, options: InstantiateOptions): unknown {
  const { targets, path = [] } = options;
  if (node === null) return null;
  if (typeof node !== "object") throw badNode(path, "a map with _target_, a list, or null", JSON.stringify(node));
  const builder = new Builder(targets);
  if (Array.isArray(node)) return builder.build(node, path);
  const { args, keywords = {} } = options;
  return builder.build({ ...node, ...keywords, ...(args === undefined ? {} : { _args_: [...args] }) }, path);
}

class Builder {
  private readonly targets: ReadonlyMap<string, Factory>;

  constructor(targets: ReadonlyMap<string, Factory>) {
    this.targets = targets;
  }

  build(node: ConfigTree, path: ConfigPath): unknown {
    if (Array.isArray(node)) return node.map((item, index) => this.build(item, [...path, String(index)]));
    if (typeof node !== "object" || node === null) return node;
    const { _target_: target, _partial_, _recursive_, _args_, _convert_: _, ...rest } = node;
    if (target === undefined) return this.buildValues(node, path);
    if (typeof target !== "string")
      throw badNode([...path, "_target_"], "the name of a target", JSON.stringify(target));
    const factory = this.targets.get(target);
    if (factory === undefined) throw this.unknownTarget(target, path);
    const recursive = flag(_recursive_ ?? true, [...path, "_recursive_"]);
    const positional = _args_ ?? [];
    if (!Array.isArray(positional)) throw badNode([...path, "_args_"], "a list", JSON.stringify(positional));
    const args = recursive ? positional.map((item, i) => this.build(item, [...path, "_args_", String(i)])) : positional;
    const keywords = recursive ? this.buildValues(rest, path) : rest;
    if (flag(_partial_ ?? false, [...path, "_partial_"])) return new PartialTarget(target, factory, args, keywords);
    return factory(args, keywords);
  }

  private buildValues(map: { readonly [key: string]: ConfigTree }, path: ConfigPath): Keywords {
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, this.build(value, [...path, key])]));
  }

  private unknownTarget(target: string, path: ConfigPath): L3mError {
    return new L3mError("L3M_UNKNOWN_NAME", {
      message: `Nothing is called "${target}".${didYouMean(target, this.targets.keys())}`,
      where: { path: formatPath(path) },
      expected: `one of ${[...this.targets.keys()].join(", ")}`,
      got: target,
      fix: "Correct _target_, or add the target.",
    });
  }
}

function flag(value: ConfigTree, path: ConfigPath): boolean {
  if (typeof value === "boolean") return value;
  throw badNode(path, "true or false", JSON.stringify(value));
}

function badNode(path: ConfigPath, expected: string, got: string): L3mError {
  const name = formatPath(path);
  return new L3mError("L3M_BAD_OPTION", {
    message: `${name === "" ? "The config" : name} cannot be built.`,
    where: { path: name },
    expected,
    got,
    fix: "Correct the node.",
  });
}
