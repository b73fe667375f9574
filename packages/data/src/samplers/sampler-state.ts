/** The saved state of a sampler: where it is, and what it is a state of. */
import { L3mError } from "@l3m/errors";
import { z } from "zod";

const stateSchema = z.strictObject({
  sampler: z.string(),
  length: z.int(),
  seed: z.int(),
  epoch: z.int().nonnegative(),
  position: z.int().nonnegative(),
  draw: z.int().nonnegative(),
});

/** Plain JSON. `position` counts inside the epoch, `draw` counts batches from the start of the run. */
export type SamplerState = z.infer<typeof stateSchema>;

/** Checks a saved state against the sampler that is to go on from it. Throws `L3M_CHECKPOINT` if it is of other data. */
export function checkSamplerState(
  state: unknown,
  own: Pick<SamplerState, "sampler" | "length" | "seed">,
): SamplerState {
  const parsed = stateSchema.safeParse(state);
  const differing = (["sampler", "length", "seed"] as const).find((key) => parsed.data?.[key] !== own[key]);
  if (parsed.success && differing === undefined) return parsed.data;
  throw new L3mError("L3M_CHECKPOINT", {
    message: "The saved position in the data does not fit the data of this run.",
    expected: differing === undefined ? "a sampler state" : `${differing} ${String(own[differing])}`,
    got: parsed.success && differing !== undefined ? String(parsed.data[differing]) : JSON.stringify(state),
    fix: "Resume with the sampler, seed and data set of the checkpoint, or start a new run.",
  });
}
