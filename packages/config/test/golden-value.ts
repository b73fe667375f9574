/** The value encoding of the config goldens: `{"int": 1}`, `{"map": [[key, value], ...]}`, ... */
import type { ConfigTree } from "../src/tree/config-node.ts";

export type GoldenValue =
  | null
  | boolean
  | { readonly int: number }
  | { readonly float: number | string }
  | { readonly str: string }
  | { readonly list: readonly GoldenValue[] }
  | { readonly map: readonly (readonly [string, GoldenValue])[] };

/** The plain tree of a golden value. */
export function goldenTree(value: GoldenValue): ConfigTree {
  if (value === null || typeof value === "boolean") return value;
  if ("int" in value) return value.int;
  if ("float" in value) return typeof value.float === "string" ? Number(value.float) : value.float;
  if ("str" in value) return value.str;
  if ("list" in value) return value.list.map(goldenTree);
  return Object.fromEntries(value.map.map(([key, child]) => [key, goldenTree(child)]));
}
