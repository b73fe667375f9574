/** The value encoding of the config cases: `{"int": 1}`, `{"float": 1.5}`, `{"map": [[key, value], ...]}`, ... */
import type { ConfigNode } from "@l3m/config";

/** A recorded value; null, true and false stand for themselves, numbers that JSON lacks are strings. */
export type ConfigValue =
  | null
  | boolean
  | { readonly int: number | string }
  | { readonly float: number | string }
  | { readonly str: string }
  | { readonly list: readonly ConfigValue[] }
  | { readonly map: readonly (readonly [string, ConfigValue])[] };

/** A node in that encoding; text with `${}` is text. */
export function configValue(node: ConfigNode): ConfigValue {
  if (node.kind === "list") return { list: node.items.map(configValue) };
  if (node.kind === "map") return { map: [...node.entries].map(([key, { node: child }]) => [key, configValue(child)]) };
  if (node.kind !== "scalar") return { str: node.kind === "text" ? node.text : node.base.text };
  const { value, float } = node;
  if (typeof value === "string") return { str: value };
  if (typeof value !== "number") return value;
  if (float !== true) return { int: value };
  return { float: Number.isFinite(value) ? value : String(value) };
}
