/** Walking trees of tensors. */
import type { Tensor } from "@tensorflow/tfjs-core";
import { isTensor } from "@l3m/core";
import type { Tree } from "./engine.ts";

/** Leaves in depth-first order. */
export function leavesOf(tree: Tree): Tensor[] {
  if (isTensor(tree)) return [tree];
  return Object.values(tree as Record<string, Tree>).flatMap(leavesOf);
}

/** The same tree with every leaf replaced. */
export function mapTree<T extends Tree>(tree: T, change: (leaf: Tensor) => Tensor): T {
  const visit = (node: Tree): Tree => {
    if (isTensor(node)) return change(node);
    if (Array.isArray(node)) return node.map(visit);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value as Tree)]));
  };
  return visit(tree) as T;
}
