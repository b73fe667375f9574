/** Logical axis names of activations -> mesh axes. Blocks name what a dimension means, never where it lives. */
import type { Dimensions, Layout } from "./layout.ts";

/** The batch is split like the batch, everything else is replicated; tensor and context parallelism will map more names. */
export function activationDimensions(layout: Layout, axes: readonly string[]): Dimensions {
  const [batchAxes = []] = layout.batch(1);
  return axes.map((axis) => (axis === "batch" ? batchAxes : []));
}
