/** From the `mesh` section of a config to the layout of its training step; what cannot be spread evenly is refused here. */
import { L3mError } from "@l3m/errors";
import { createMesh, dataParallelLayout, deviceCount, type Layout } from "@l3m/fsdp-mesh";
import type { Experiment } from "./open-experiment.ts";

/**
 * The layout over more than one device, undefined for one.
 *
 * @throws L3M_BAD_OPTION when the axes do not multiply to the devices, or a batch does not divide over them
 */
export function layoutOf({ config, loaded }: Pick<Experiment, "config" | "loaded">): Layout | undefined {
  if (config.mesh === null) return undefined;
  const { devices, dp_replicate, dp_shard } = config.mesh;
  const mesh = createMesh({ devices, dp_replicate: dp_replicate ?? undefined, dp_shard: dp_shard ?? undefined });
  const parts = deviceCount(mesh);
  if (parts === 1) return undefined;
  const accumulation = config.optim.gradient_accumulation_steps;
  const batches = [
    { path: "data.train.batch_size", size: config.data.train.batch_size, multiple: parts * accumulation },
    ...Object.entries(config.data.val ?? {}).map(([name, { batch_size: size }]) => ({
      path: `data.val.${name}.batch_size`,
      size,
      multiple: parts,
    })),
  ];
  for (const { path, size, multiple } of batches) {
    if (size % multiple === 0) continue;
    const shares = multiple === parts ? `${parts} devices` : `${parts} devices and ${accumulation} accumulation steps`;
    throw new L3mError("L3M_BAD_OPTION", {
      message: `A batch does not divide over ${shares}.`,
      where: loaded.place(path),
      expected: `a multiple of ${multiple}`,
      got: String(size),
      fix: "Change the batch size, or the mesh.",
    });
  }
  return dataParallelLayout(mesh);
}
