/** Reads a config node: which thing it names, and the options it gives. */
import { L3mError } from "@l3m/errors";
import { type Kind, kindKey, kindOfKey } from "../contract/kinds.ts";

/** A node taken apart. `upstream` is true for ml-l3m's spelling (`_target_`). */
export interface ParsedNode {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly positional: readonly unknown[];
  readonly upstream: boolean;
}

/** Keys of ml-l3m's dialect that say how to build, and are no options. */
const DIRECTIVES = new Set(["_target_", "_partial_", "_args_", "_recursive_", "_convert_"]);

/**
 * `"ns/name"`, `{ <kind>: ns/name, ...options }` or `{ _target_: path, _args_: [...], ...options }`.
 *
 * @throws L3M_WRONG_KIND when the node names its kind and it is another one; L3M_BAD_OPTION when it is no node at all.
 */
export function parseNode(node: unknown, kinds: readonly Kind[], where: string): ParsedNode {
  if (typeof node === "string")
    return { name: node, options: {}, positional: [], upstream: node.split("/").length !== 2 };
  if (typeof node !== "object" || node === null || Array.isArray(node)) throw noNode(node, kinds, where);
  const map = node as Record<string, unknown>;
  const target = map["_target_"];
  if (typeof target === "string") {
    const positional = Array.isArray(map["_args_"]) ? map["_args_"] : [];
    return { name: target, options: without(map, DIRECTIVES), positional, upstream: true };
  }
  for (const kind of kinds) {
    const name = map[kindKey(kind)];
    if (typeof name === "string")
      return { name, options: without(map, new Set([kindKey(kind)])), positional: [], upstream: false };
  }
  const other = Object.keys(map).find((key) => kindOfKey(key) !== undefined && typeof map[key] === "string");
  if (other !== undefined) {
    throw new L3mError("L3M_WRONG_KIND", {
      message: `This place takes ${listKinds(kinds)}.`,
      where: { path: where },
      expected: kinds.map((kind) => `${kindKey(kind)}: <name>`).join(" or "),
      got: `${other}: ${String(map[other])}`,
      fix: `Name one of that kind here; \`l3m check\` shows what is registered.`,
    });
  }
  throw noNode(node, kinds, where);
}

function noNode(node: unknown, kinds: readonly Kind[], where: string): L3mError {
  return new L3mError("L3M_BAD_OPTION", {
    message: `This place takes ${listKinds(kinds)}.`,
    where: { path: where },
    expected: `a registered name, or a map with ${kinds.map((kind) => `"${kindKey(kind)}: <name>"`).join(" or ")}`,
    got: node === undefined ? "nothing" : (JSON.stringify(node)?.slice(0, 80) ?? typeof node),
    fix: `Write for example ${kindKey(kinds[0] ?? "block")}: core/<name>.`,
  });
}

function listKinds(kinds: readonly Kind[]): string {
  return kinds.map((kind) => `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`).join(" or ");
}

function without(map: Record<string, unknown>, dropped: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !dropped.has(key)));
}
