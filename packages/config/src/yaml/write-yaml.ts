/** A resolved tree -> YAML that reads back as the same tree, here and (numbers, booleans) in Python. */
import { Document, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from "yaml";
import type { ConfigNode } from "../tree/config-node.ts";
import { formatPath } from "../tree/config-path.ts";
import { plainScalarWarning, readPlainScalar } from "./plain-scalars.ts";

/** What a file says besides its tree. */
export interface YamlComments {
  /** Lines at the top. */
  readonly head?: readonly string[];
  /** One line above the key at a dotted path. */
  readonly comments?: ReadonlyMap<string, string>;
}

/** Block-style YAML of a tree. `${` in resolved text is written `\${`, so that nothing is interpolated twice. */
export function writeYaml(node: ConfigNode, { head = [], comments = new Map() }: YamlComments = {}): string {
  const document = new Document(null, { schema: "core" });
  document.contents = toYamlNode(node, comments, []);
  if (head.length > 0) document.commentBefore = head.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0 });
}

function toYamlNode(node: ConfigNode, comments: ReadonlyMap<string, string>, path: readonly string[]): Node {
  if (node.kind === "list") {
    const list = new YAMLSeq<Node>();
    list.items = node.items.map((item, index) => toYamlNode(item, comments, [...path, String(index)]));
    list.flow = node.items.every((item) => item.kind === "scalar" && typeof item.value !== "string");
    return list;
  }
  if (node.kind === "map") {
    const map = new YAMLMap<Node, Node>();
    map.items = [...node.entries].map(([key, entry]) => {
      const place = [...path, key];
      const name = text(key);
      const comment = comments.get(formatPath(place));
      if (comment !== undefined) name.commentBefore = ` ${comment}`;
      return new Pair(name, toYamlNode(entry.node, comments, place));
    });
    return map;
  }
  if (node.kind !== "scalar") return text(node.kind === "text" ? node.text : node.base.text);
  if (typeof node.value === "string") return text(escapeInterpolation(node.value));
  const scalar = new Scalar(node.value);
  if (
    typeof node.value === "number" &&
    (node.float === true || !Number.isSafeInteger(node.value) || Object.is(node.value, -0))
  )
    scalar.minFractionDigits = 1;
  return scalar;
}

function text(value: string): Scalar {
  const scalar = new Scalar(value);
  const readsAsText = readPlainScalar(value).value === value && plainScalarWarning(value) === undefined;
  if (!readsAsText || value === "<<" || value === "=") scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** A run of n backslashes before `${` reads back as text only when it is odd: 2n + 1 of them stand for n and a `${`. */
function escapeInterpolation(value: string): string {
  return value.replace(/(\\*)\$\{/g, (_, slashes: string) => `${slashes}${slashes}\\\${`);
}
