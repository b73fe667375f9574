/** The PJRT client behind tfjs's current backend, where that is an XLA engine. */
import * as tf from "@l3m/core/tf";
import { PjrtClient } from "@l3m/pjrt";

/** Undefined on other engines. */
export function runningClient(): PjrtClient | undefined {
  const backend: unknown = tf.backend();
  const client = field(field(backend, "devices"), "client");
  return client instanceof PjrtClient ? client : undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
