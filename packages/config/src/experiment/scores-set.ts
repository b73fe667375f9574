/** Which validation sets a metric scores. */
import type { RegistryNode } from "./experiment-config.ts";

/** True unless the metric's `dataset_name` (a name or a list of names) leaves out the set. */
export function scoresSet(metric: RegistryNode, set: string): boolean {
  const names = typeof metric === "string" ? null : (metric["dataset_name"] ?? null);
  return names === null || (Array.isArray(names) ? names.includes(set) : names === set);
}
