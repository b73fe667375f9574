/** From the value of a slot option to slot references. */
import { L3mError } from "@l3m/errors";
import type { Kind } from "../contract/kinds.ts";
import type { SlotSpec } from "../contract/slots.ts";
import type { Registry } from "../registry/registry.ts";
import { parseNode } from "./parse-node.ts";
import { isSlotRef, type SlotRef } from "./slot-ref.ts";

/** A slot's value as `build` gets it: a reference, null, a list or a map of references. */
export function resolveSlot(registry: Registry, spec: SlotSpec, value: unknown, where: string): unknown {
  const given = value === undefined || (value === null && spec.shape === "list") ? spec.default : value;
  if (given === null && spec.shape === "maybe") return null;
  if (given === undefined || (given === null && spec.default !== null)) {
    if (given === null && spec.default !== undefined)
      return resolveNode(registry, spec.kinds, spec.default, where, spec.shared);
    throw new L3mError("L3M_BAD_OPTION", {
      message: "A required option is missing.",
      where: { path: where },
      expected: spec.kinds.join(" or "),
      got: "nothing",
      fix: "Name one here.",
    });
  }
  if (spec.shape === "list")
    return Array.from(asList(given, where), (node, i) =>
      resolveNode(registry, spec.kinds, node, `${where}.${i}`, spec.shared),
    );
  if (spec.shape === "map") {
    const entries = Object.entries(asMap(given, where));
    return Object.fromEntries(
      entries.map(([name, node]) => [name, resolveNode(registry, spec.kinds, node, `${where}.${name}`, spec.shared)]),
    );
  }
  return resolveNode(registry, spec.kinds, given, where, spec.shared);
}

/** A node of one of `kinds` as a reference. */
export function resolveNode<K extends Kind>(
  registry: Registry,
  kinds: readonly K[],
  node: unknown,
  where: string,
  shared = false,
): SlotRef<K> {
  if (isSlotRef(node)) return requireKind(node, kinds, where);
  const { name, options, positional, upstream } = parseNode(node, kinds, where);
  const { definition, name: fullName } = registry.get(name, where);
  const names = definition.positional ?? [];
  const rest = names.at(-1)?.startsWith("...") === true ? names.length - 1 : undefined;
  if (rest === undefined && positional.length > names.length) {
    throw new L3mError("L3M_BAD_OPTION", {
      message: `"${fullName}" takes at most ${names.length} positional arguments.`,
      where: { path: `${where}._args_` },
      expected: names.join(", ") || "none",
      got: `${positional.length}`,
      fix: "Give them by name.",
    });
  }
  const byName: Record<string, unknown> = Object.fromEntries(
    positional.slice(0, rest).map((argument, i) => [names[i] as string, argument]),
  );
  if (rest !== undefined && positional.length > rest)
    byName[(names[rest] as string).slice("...".length)] = positional.slice(rest);
  const renamed = upstream ? upstreamNames(definition.upstream, options) : options;
  return requireKind(
    { definition, name: fullName, options: { ...byName, ...renamed }, node, where, shared },
    kinds,
    where,
  );
}

function upstreamNames(
  names: Readonly<Record<string, string>> | undefined,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [names?.[key] ?? key, value]));
}

function requireKind<K extends Kind>(ref: SlotRef, kinds: readonly K[], where: string): SlotRef<K> {
  if (isOfKind(ref, kinds)) return ref;
  throw new L3mError("L3M_WRONG_KIND", {
    message: `"${ref.name}" is of kind ${ref.definition.kind}.`,
    where: { path: where },
    expected: kinds.join(" or "),
    got: ref.definition.kind,
    fix: `Name a ${kinds.join(" or ")} here.`,
  });
}

function isOfKind<K extends Kind>(ref: SlotRef, kinds: readonly K[]): ref is SlotRef<K> {
  const accepted: readonly Kind[] = kinds;
  return accepted.includes(ref.definition.kind);
}

function asList(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "This option takes a list.",
    where: { path: where },
    expected: "a list",
    got: typeof value,
    fix: "Put it in a list.",
  });
}

function asMap(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new L3mError("L3M_BAD_OPTION", {
    message: "This option takes a map.",
    where: { path: where },
    expected: "a map of names",
    got: typeof value,
    fix: "Give each one a name.",
  });
}
