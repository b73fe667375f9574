/** Shardings for trees of tensors. */
import { L3mError } from "@l3m/errors";
import { type Sharding } from "@l3m/stablehlo";
import { type TreeShape } from "./tree.ts";

/** A sharding holds for every tensor below it; `undefined` means replicated. */
export type ShardingTree = Sharding | readonly ShardingTree[] | { readonly [key: string]: ShardingTree } | undefined;

/** One sharding per leaf of `shape`, in order. */
export function leafShardings(
  shape: TreeShape,
  shardings: ShardingTree,
  what: string,
): readonly (Sharding | undefined)[] {
  if (shape.kind === "none") return [];
  if (shardings === undefined || isSharding(shardings)) {
    if (shape.kind === "leaf") return [shardings];
    return shape.items.flatMap((item) => leafShardings(item, shardings, what));
  }
  if (shape.kind === "list" && isList(shardings))
    return shape.items.flatMap((item, i) => leafShardings(item, shardings[i], `${what}[${i}]`));
  if (shape.kind === "record" && !isList(shardings))
    return shape.items.flatMap((item, i) =>
      leafShardings(item, shardings[shape.keys[i] as string], `${what}.${shape.keys[i]}`),
    );
  throw new L3mError("L3M_BAD_OPTION", {
    message: `the shardings of ${what} do not have the structure of its tensors`,
    expected: shape.kind === "leaf" ? "one sharding" : `a ${shape.kind}`,
    got: isList(shardings) ? "a list" : "a record",
  });
}

function isList(tree: ShardingTree): tree is readonly ShardingTree[] {
  return Array.isArray(tree);
}

function isSharding(tree: Exclude<ShardingTree, undefined>): tree is Sharding {
  return !isList(tree) && typeof tree["mesh"] === "string" && Array.isArray(tree["dims"]);
}
