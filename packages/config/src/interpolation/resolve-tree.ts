/**
 * Resolves every `${}` of a merged tree.
 *
 * Two questions are answered lazily and remembered by path: what a node *is* (`head`: follow references and apply patches
 * until a map, list or scalar is reached) and what it *holds* (`resolve`: the whole subtree, copied). Relative references
 * are read where they are written, so a copied subtree means what it meant at home. A failure is reported once, at its
 * own place, however many references lead there.
 */
import { didYouMean, isL3mError, L3mError, type ErrorPlace } from "@l3m/errors";
import { describeNode, type ConfigNode, type MapEntry, type TextNode } from "../tree/config-node.ts";
import { asIndex, formatPath, parsePath, type ConfigPath } from "../tree/config-path.ts";
import { parseText, type Argument, type TextPart, type TextParts } from "./grammar.ts";
import { pythonText } from "./python-text.ts";
import { readResolverScalar } from "./resolver-scalar.ts";
import { RESOLVERS } from "./resolvers.ts";

/** A node and the path of its home in the tree. */
interface Location {
  readonly node: ConfigNode;
  readonly path: ConfigPath;
}

/** A path that leads nowhere: the key that is missing and what stands in its place. */
interface DeadEnd {
  readonly key: string;
  readonly parent: Location;
}

/** The resolved tree (maps, lists and scalars only) and every error found on the way. */
export interface Resolution {
  readonly node: ConfigNode;
  readonly errors: readonly L3mError[];
}

/** Resolves all interpolations of `root` against `root` itself and `env`. */
export function resolveTree(root: ConfigNode, env: Readonly<Record<string, string | undefined>>): Resolution {
  const resolver = new TreeResolver(root, env);
  const node = resolver.resolve({ node: root, path: [] });
  return { node, errors: [...resolver.errors] };
}

class TreeResolver {
  readonly errors = new Set<L3mError>();
  private readonly root: ConfigNode;
  private readonly env: Readonly<Record<string, string | undefined>>;
  private readonly heads = new Map<string, Location | L3mError>();
  /** Paths whose head or content is being worked out, in order: meeting one again is a cycle. */
  private readonly openHeads: string[] = [];
  private readonly openContents: string[] = [];

  constructor(root: ConfigNode, env: Readonly<Record<string, string | undefined>>) {
    this.root = root;
    this.env = env;
  }

  /** The whole subtree at a location; what cannot be resolved is recorded and becomes null. */
  resolve(location: Location): ConfigNode {
    const { node, path } = location;
    if (node.kind !== "text" && node.kind !== "patched") return this.resolveChildren(location);
    try {
      const content = this.guard(this.openContents, path, node.place, () => this.resolveChildren(this.head(location)));
      return { ...content, place: node.place };
    } catch (error) {
      if (!isL3mError(error)) throw error;
      this.errors.add(error);
      return { kind: "scalar", value: null, place: node.place };
    }
  }

  private resolveChildren({ node, path }: Location): ConfigNode {
    if (node.kind === "list") {
      return {
        ...node,
        items: node.items.map((item, index) => this.resolve({ node: item, path: [...path, String(index)] })),
      };
    }
    if (node.kind === "map") {
      const entries = new Map<string, MapEntry>();
      for (const [key, entry] of node.entries)
        entries.set(key, { ...entry, node: this.resolve({ node: entry.node, path: [...path, key] }) });
      return { ...node, entries };
    }
    return node;
  }

  /** Follows references and applies patches until a map, list or scalar stands there. */
  private head(location: Location): Location {
    const { node, path } = location;
    if (node.kind !== "text" && node.kind !== "patched") return location;
    const name = formatPath(path);
    const known = this.heads.get(name);
    if (isL3mError(known)) throw known;
    if (known !== undefined) return known;
    try {
      const head = this.guard(this.openHeads, path, node.place, () => {
        if (node.kind === "text") return this.readText(node, path);
        const base = this.resolveChildren(this.readText(node.base, path));
        return { node: node.patches.reduce((patched, patch) => patch(patched), base), path };
      });
      this.heads.set(name, head);
      return head;
    } catch (error) {
      if (isL3mError(error)) this.heads.set(name, error);
      throw error;
    }
  }

  private guard<T>(open: string[], path: ConfigPath, place: ErrorPlace, work: () => T): T {
    const name = formatPath(path);
    const start = open.indexOf(name);
    if (start !== -1) {
      throw new L3mError("L3M_CONFIG_INTERPOLATION", {
        message: `\${} goes round in a circle: ${[...open.slice(start), name].join(" -> ")}.`,
        where: { ...place, path: name },
        fix: "Give one of them a value of its own.",
      });
    }
    open.push(name);
    try {
      return work();
    } finally {
      open.pop();
    }
  }

  private readText(text: TextNode, path: ConfigPath): Location {
    try {
      const parts = parseText(text.text);
      const [only] = parts;
      if (only !== undefined && parts.length === 1 && only.kind !== "characters")
        return this.readPart(only, text, path);
      return { node: { kind: "scalar", value: this.concatenate(parts, text, path), place: text.place }, path };
    } catch (error) {
      throw isL3mError(error) && error.details.where === undefined
        ? error.at({ ...text.place, path: formatPath(path) })
        : error;
    }
  }

  private readPart(part: TextPart, text: TextNode, path: ConfigPath): Location {
    if (part.kind === "characters") return { node: { kind: "scalar", value: part.text, place: text.place }, path };
    if (part.kind === "reference") return this.readReference(part, text, path);
    const resolver = RESOLVERS.get(part.name);
    if (resolver === undefined) {
      throw new L3mError("L3M_CONFIG_INTERPOLATION", {
        message: `There is no resolver "${part.name}".${didYouMean(part.name, RESOLVERS.keys())}`,
        expected: `one of ${[...RESOLVERS.keys()].join(", ")}`,
      });
    }
    const args = part.args.map((argument) => this.readArgument(argument, text, path));
    const result = resolver(args, { env: this.env, select: (target) => this.select(target, path) });
    return { node: "kind" in result ? result : { kind: "scalar", ...result, place: text.place }, path };
  }

  private readReference(
    reference: Extract<TextPart, { kind: "reference" }>,
    text: TextNode,
    path: ConfigPath,
  ): Location {
    const keys = reference.keys.map((key) => this.concatenate(key, text, path));
    const target = this.absolute(reference.up, keys, path);
    const found = this.find(target);
    if ("node" in found) return this.head(found);
    throw missingKey(`\${${".".repeat(reference.up)}${formatPath(keys)}}`, found);
  }

  private readArgument({ parts, quoted }: Argument, text: TextNode, path: ConfigPath): ConfigNode {
    const [only] = parts;
    if (!quoted && only !== undefined && parts.length === 1 && only.kind !== "characters") {
      return this.resolveChildren(this.readPart(only, text, path));
    }
    const joined = this.concatenate(parts, text, path);
    return { kind: "scalar", ...(quoted ? { value: joined } : readResolverScalar(joined)), place: text.place };
  }

  private concatenate(parts: TextParts, text: TextNode, path: ConfigPath): string {
    return parts.map((part) => this.asText(this.readPart(part, text, path))).join("");
  }

  private asText({ node, path }: Location): string {
    if (node.kind === "scalar") return pythonText(node);
    throw new L3mError("L3M_CONFIG_INTERPOLATION", {
      message: `${formatPath(path)} cannot be part of a longer text.`,
      expected: "text, a number, a boolean or null",
      got: describeNode(node),
    });
  }

  private select(target: string, path: ConfigPath): ConfigNode | undefined {
    const up = /^\.*/.exec(target)?.[0].length ?? 0;
    const found = this.find(this.absolute(up, parsePath(target.slice(up), "L3M_CONFIG_INTERPOLATION"), path));
    return "node" in found ? this.resolveChildren(this.head(found)) : undefined;
  }

  /** An absolute path: `up` dots climb from the text at `path`, one of them to the map or list that holds it. */
  private absolute(up: number, keys: ConfigPath, path: ConfigPath): ConfigPath {
    if (up === 0) return keys;
    if (up > path.length) {
      throw new L3mError("L3M_CONFIG_INTERPOLATION", {
        message: `${".".repeat(up)}${formatPath(keys)} climbs above the top of the config.`,
        expected: `at most ${path.length} leading dots`,
      });
    }
    return [...path.slice(0, path.length - up), ...keys];
  }

  private find(path: ConfigPath): Location | DeadEnd {
    let location: Location = { node: this.root, path: [] };
    for (const key of path) {
      const parent = this.head(location);
      const child = childOf(parent.node, key);
      if (child === undefined) return { key, parent };
      location = { node: child, path: [...parent.path, key] };
    }
    return location;
  }
}

function childOf(node: ConfigNode, key: string): ConfigNode | undefined {
  if (node.kind === "map") return node.entries.get(key)?.node;
  const index = node.kind === "list" ? asIndex(key) : undefined;
  return node.kind === "list" && index !== undefined ? node.items[index] : undefined;
}

function missingKey(written: string, { key, parent }: DeadEnd): L3mError {
  const { node, path } = parent;
  const name = path.length === 0 ? "the config" : `"${formatPath(path)}"`;
  const keys = node.kind === "map" ? [...node.entries.keys()] : [];
  return new L3mError("L3M_CONFIG_INTERPOLATION", {
    message: `${written} points to nothing: ${name} has no "${key}".${didYouMean(key, keys)}`,
    expected: keys.length > 0 ? `one of ${keys.join(", ")}` : `a key of ${name}, which is ${describeNode(node)}`,
  });
}
