/** Bare words in `${resolver:...}` and environment variables as values: null, booleans and numbers, otherwise text. */
import type { ScalarNode } from "../tree/config-node.ts";

/** A value without a place; `float` as in {@link ScalarNode}. */
export type ResolverScalar = Pick<ScalarNode, "value" | "float">;

/** The value of a bare word. Digit groups may be joined by `_` here, as OmegaConf allows. */
export function readResolverScalar(text: string): ResolverScalar {
  const word = text.toLowerCase();
  if (word === "null") return { value: null };
  if (word === "true" || word === "false") return { value: word === "true" };
  if (/^[-+]?(0|[1-9]\d*(_\d+)*)$/.test(text)) return { value: Number(text.replaceAll("_", "")) };
  if (/^[-+]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[-+]?\d+)?$/i.test(text)) {
    return { value: Number(text.replaceAll("_", "")), float: true };
  }
  if (/^[-+]?(inf|nan)$/i.test(text))
    return { value: Number(word.replace("inf", "Infinity").replace("nan", "NaN")), float: true };
  return { value: text };
}
