/** What whoever owns a sampler supplies: the dataset, the size of the global batch and the seed. */
import type { Dataset } from "@l3m/core";
import { invariant } from "@l3m/errors";
import { z } from "zod";

/** Options of every sampler. `dataset` must be prepared. */
export const samplerOptions = {
  dataset: z.unknown().describe("Given by the owner."),
  batch_size: z.int().positive().describe("Items in one global batch; given by the owner."),
  seed: z.int().nonnegative().default(0).describe("Given by the owner."),
};

/** What every sampler needs. */
export interface SamplerInputs {
  readonly dataset: Pick<Dataset, "length" | "concepts">;
  readonly batchSize: number;
  readonly seed: number;
}

/** The inputs from validated {@link samplerOptions}. */
export function samplerInputs(options: { dataset?: unknown; batch_size: number; seed: number }): SamplerInputs {
  const { dataset, batch_size: batchSize, seed } = options;
  invariant(isDataset(dataset), "a sampler was built without a dataset");
  return { dataset, batchSize, seed };
}

function isDataset(value: unknown): value is Dataset {
  return typeof value === "object" && value !== null && "length" in value && "get" in value;
}
