/** Which registered things a case builds or calls. */
import type { Registry } from "@l3m/core";

/** Every `_target_` inside `node`, and `node` itself when it is a string; in order, each once. */
export function targetsIn(node: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, isTarget: boolean): void => {
    if (typeof value === "string") {
      if (isTarget) found.add(value);
    } else if (Array.isArray(value)) {
      for (const entry of value) visit(entry, false);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, entry] of Object.entries(value)) visit(entry, key === "_target_");
    }
  };
  if (Array.isArray(node)) for (const entry of node) visit(entry, true);
  else visit(node, true);
  return [...found];
}

/** Those that no plugin registers and that are none of `functions`. */
export function unknownTargets(
  registry: Registry,
  targets: readonly string[],
  functions: Readonly<Record<string, unknown>> = {},
): string[] {
  return targets.filter((target) => !registry.has(target) && !(target in functions));
}
