/** Finds things in a resolved config by what they say, whatever depth they stand at. */

/** A map of the YAML. */
export type ConfigNode = Readonly<Record<string, unknown>>;

export interface PlacedNode {
  /** Keys from the root, joined by dots. */
  readonly path: string;
  readonly node: ConfigNode;
  /** The map that holds it, directly or through a list. */
  readonly parent: ConfigNode;
}

/** Every map below `root`, outermost first. */
export function* nodesIn(root: unknown, path = "", parent: ConfigNode = {}): Generator<PlacedNode> {
  if (Array.isArray(root)) {
    for (const [index, entry] of root.entries()) yield* nodesIn(entry, join(path, String(index)), parent);
  } else if (isNode(root)) {
    yield { path, node: root, parent };
    for (const [key, entry] of Object.entries(root)) yield* nodesIn(entry, join(path, key), root);
  }
}

/** The maps that have all of `keys`. */
export function nodesWith(root: unknown, ...keys: readonly string[]): PlacedNode[] {
  return [...nodesIn(root)].filter(({ node }) => keys.every((key) => key in node));
}

/** The registered name of a node such as `{ norm: "core/rms-norm" }` or `"core/rms-norm"`. */
export function nameOf(node: unknown, kind: string): string {
  const name = isNode(node) ? node[kind] : node;
  return typeof name === "string" ? name : "";
}

function isNode(value: unknown): value is ConfigNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
