/** Where the arguments and results of a training step live on the mesh. */
import type { Model, Optimizer } from "@l3m/core";
import type { Layout } from "@l3m/fsdp-mesh";
import type { JitOptions, PlacementTree } from "../engines/engine.ts";

/** Placements of (state, batch, inputs) and of { state, metrics }: optimizer state lives like its parameter. */
export function statePlacements(
  model: Model,
  optimizer: Optimizer,
  layout: Layout,
): Pick<JitOptions, "inPlacements" | "outPlacements"> {
  const params = Object.fromEntries(model.params.map((spec) => [spec.path, { dims: layout.param(spec) }]));
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, params]));
  const state: PlacementTree = { params, working: params, buffers: undefined, slots, alive: undefined };
  return { inPlacements: [state, { dims: layout.batch(1) }, undefined], outPlacements: { state, metrics: undefined } };
}
