/** Plain trees of tensors: what goes into a compiled function and comes out of it. */
import { L3mError } from "@l3m/errors";
import { Tensor } from "@tensorflow/tfjs-core";

/** Tensors in nested lists and records; `undefined` stands for nothing. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree } | undefined;

/** The structure of a tree without its leaves. */
export type TreeShape =
  | { readonly kind: "leaf" }
  | { readonly kind: "none" }
  | { readonly kind: "list"; readonly items: readonly TreeShape[] }
  | { readonly kind: "record"; readonly keys: readonly string[]; readonly items: readonly TreeShape[] };

const LEAF: TreeShape = { kind: "leaf" };
const NONE: TreeShape = { kind: "none" };

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** The structure of a tree; its tensors are appended to `leaves` in order. `what` names the tree in errors. */
export function flatten(tree: Tree, leaves: Tensor[], what: string): TreeShape {
  if (tree === undefined) return NONE;
  if (tree instanceof Tensor) {
    leaves.push(tree);
    return LEAF;
  }
  if (isList(tree)) return { kind: "list", items: tree.map((item, i) => flatten(item, leaves, `${what}[${i}]`)) };
  if (!isPlainRecord(tree)) {
    throw new L3mError("L3M_TRACE", {
      message: `${what} is no tree of tensors`,
      expected: "tensors in lists and plain objects, or undefined",
      got: tree === null ? "null" : Object.prototype.toString.call(tree).slice(8, -1).toLowerCase(),
      fix: "Pass numbers that change as tf.scalar(...); close over those that do not.",
    });
  }
  const keys = Object.keys(tree);
  return { kind: "record", keys, items: keys.map((key) => flatten(tree[key], leaves, `${what}.${key}`)) };
}

/** A tree of the given structure over `leaves`, which are taken in order. */
export function unflatten(shape: TreeShape, leaves: Iterator<Tensor>): Tree {
  switch (shape.kind) {
    case "none":
      return undefined;
    case "leaf":
      return leaves.next().value as Tensor;
    case "list":
      return shape.items.map((item) => unflatten(item, leaves));
    case "record":
      return Object.fromEntries(shape.keys.map((key, i) => [key, unflatten(shape.items[i] as TreeShape, leaves)]));
  }
}

/** True if the tree has this structure; its tensors are then appended to `leaves`. Allocates nothing else. */
export function matches(shape: TreeShape, tree: Tree, leaves: Tensor[]): boolean {
  switch (shape.kind) {
    case "none":
      return tree === undefined;
    case "leaf":
      if (!(tree instanceof Tensor)) return false;
      leaves.push(tree);
      return true;
    case "list": {
      if (!isList(tree) || tree.length !== shape.items.length) return false;
      for (let i = 0; i < tree.length; i++) if (!matches(shape.items[i] as TreeShape, tree[i], leaves)) return false;
      return true;
    }
    case "record": {
      if (tree === undefined || tree instanceof Tensor || isList(tree) || countKeys(tree) !== shape.keys.length)
        return false;
      for (let i = 0; i < shape.keys.length; i++) {
        const key = shape.keys[i] as string;
        if (!Object.hasOwn(tree, key) || !matches(shape.items[i] as TreeShape, tree[key], leaves)) return false;
      }
      return true;
    }
  }
}

function isPlainRecord(tree: unknown): tree is { readonly [key: string]: Tree } {
  if (typeof tree !== "object" || tree === null) return false;
  const prototype: unknown = Object.getPrototypeOf(tree);
  return prototype === Object.prototype || prototype === null;
}

function countKeys(record: object): number {
  let count = 0;
  for (const _key in record) count++;
  return count;
}
