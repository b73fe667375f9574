/**
 * The config tree while it is being put together: plain YAML values that remember where they were written.
 * Nodes are never changed; merging and overriding build new ones, so subtrees can be shared freely.
 */
import type { ErrorPlace } from "@l3m/errors";
import type { MapPatch } from "./patch.ts";

/** Where a value was written: a file position, or `{ file: "command line" }` for an override. */
export type SourcePlace = Omit<ErrorPlace, "path">;

/** A scalar without any `${}`. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: null | boolean | number | string;
  /** True for a number that was written as a float (`1.0`, `1e3`); it prints as one. */
  readonly float?: boolean;
  readonly place: SourcePlace;
}

/** A string that holds `${...}` or `\${`, not yet resolved. */
export interface TextNode {
  readonly kind: "text";
  readonly text: string;
  readonly place: SourcePlace;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly ConfigNode[];
  readonly place: SourcePlace;
}

export interface MapEntry {
  readonly node: ConfigNode;
  /** Where the key stands. */
  readonly key: SourcePlace;
}

export interface MapNode {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly place: SourcePlace;
}

/** An interpolation that later files or overrides change inside: resolved into a private copy first, then patched. */
interface PatchedNode {
  readonly kind: "patched";
  readonly base: TextNode;
  readonly patches: readonly MapPatch[];
  readonly place: SourcePlace;
}

export type ConfigNode = ScalarNode | TextNode | ListNode | MapNode | PatchedNode;

/** A plain JSON tree: what a config is once everything is resolved. */
export type ConfigTree = null | boolean | number | string | ConfigTree[] | { [key: string]: ConfigTree };

/** `a map`, `a list`, `the number 3`, ...: how a node is called in messages. */
export function describeNode(node: ConfigNode): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "list") return `a list of ${node.items.length}`;
  if (node.kind === "text") return `the text ${JSON.stringify(node.text)}`;
  if (node.kind === "patched") return describeNode(node.base);
  return node.value === null ? "null" : `the ${typeof node.value} ${JSON.stringify(node.value)}`;
}

/** The plain values of a resolved tree. */
export function toPlainTree(node: ConfigNode): ConfigTree {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(toPlainTree);
  if (node.kind === "map")
    return Object.fromEntries([...node.entries].map(([key, { node: child }]) => [key, toPlainTree(child)]));
  return node.kind === "text" ? node.text : node.base.text;
}

/** Nodes of plain values, all at one place. Numbers with a fraction are floats; text with `${` is still to be resolved. */
export function fromPlainTree(value: ConfigTree, place: SourcePlace): ConfigNode {
  if (Array.isArray(value)) return { kind: "list", items: value.map((item) => fromPlainTree(item, place)), place };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, child]): [string, MapEntry] => [
      key,
      { node: fromPlainTree(child, place), key: place },
    ]);
    return { kind: "map", entries: new Map(entries), place };
  }
  if (typeof value === "string" && value.includes("${")) return { kind: "text", text: value, place };
  return typeof value === "number" && !Number.isSafeInteger(value)
    ? { kind: "scalar", value, float: true, place }
    : { kind: "scalar", value, place };
}
