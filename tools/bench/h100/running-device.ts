/** The device behind tfjs's current backend, where that is an XLA engine. */
import * as tf from "@l3m/core/tf";
import { PjrtClient, type PjrtDevice } from "@l3m/pjrt";

/** The first device of the running PJRT client; undefined on other engines. */
export function runningDevice(): PjrtDevice | undefined {
  const backend: unknown = tf.backend();
  const devices = field(backend, "devices");
  const client = field(devices, "client");
  return client instanceof PjrtClient ? client.devices[0] : undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
