/** Checks a whole tree of nodes without building it, so that a config's mistakes are reported together. */
import { L3mError } from "@l3m/errors";
import { L3mErrors } from "@l3m/errors";
import type { Kind } from "../contract/kinds.ts";
import type { Registry } from "../registry/registry.ts";
import { buildOptions } from "./build-options.ts";
import { resolveNode } from "./resolve-slot.ts";
import { isSlotRef, type SlotRef } from "./slot-ref.ts";

/** Every mistake in `node` and in what sits in its slots: unknown names, kinds, options, types. Options of parents are not demanded. */
export function validateNode(
  registry: Registry,
  kinds: Kind | readonly Kind[],
  node: unknown,
  where: string,
): L3mError[] {
  const errors: L3mError[] = [];
  const collect = <T>(run: () => T): T | undefined => {
    try {
      return run();
    } catch (error) {
      if (error instanceof L3mErrors) errors.push(...error.errors);
      else if (error instanceof L3mError) errors.push(error);
      else throw error;
      return undefined;
    }
  };
  const visit = (ref: SlotRef): void => {
    const built = collect(() => buildOptions(registry, ref, {}, true));
    const children: unknown[] =
      built !== undefined ? Object.keys(ref.definition.slots).map((slot) => built.options[slot]) : [];
    if (built === undefined) {
      // the node itself is wrong; look into what its slots say all the same
      for (const [slot, spec] of Object.entries(ref.definition.slots)) {
        const value = ref.options[slot];
        const many = (spec.shape === "list" && Array.isArray(value)) || (spec.shape === "map" && isMap(value));
        const nodes = many
          ? Object.entries(value as object).map(([key, child]) => [`.${key}`, child] as const)
          : [["", value] as const];
        for (const [suffix, child] of nodes) {
          if (child === undefined || child === null) continue;
          try {
            children.push(resolveNode(registry, spec.kinds, child, `${ref.where}.${slot}${suffix}`));
          } catch (error) {
            if (!(error instanceof L3mError)) throw error; // reported by buildOptions already
          }
        }
      }
    }
    for (const child of children.flatMap(refsIn)) visit(child);
  };
  const root = collect(() => resolveNode(registry, typeof kinds === "string" ? [kinds] : kinds, node, where));
  if (root !== undefined) visit(root);
  return errors;
}

function refsIn(value: unknown): SlotRef[] {
  if (isSlotRef(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(refsIn);
  return isMap(value) ? Object.values(value).flatMap(refsIn) : [];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
