/** Which validation sets a metric scores. */
import type { RegistryNode } from "./experiment-config.ts";

/**
 * True unless the metric's `dataset_name` leaves out the set: a list of names, or a text that the name is part of. A data set
 * without a name (`null`) is scored by everything.
 *
 * @param compat as in ml-l3m, a metric without `dataset_name` scores no set that has a name
 */
export function scoresSet(metric: RegistryNode, set: string | null, compat = false): boolean {
  if (set === null) return true;
  const names = typeof metric === "string" ? null : (metric["dataset_name"] ?? null);
  if (names === null) return !compat;
  return (typeof names === "string" || Array.isArray(names)) && names.includes(set);
}
