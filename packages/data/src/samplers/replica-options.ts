/** Which part of the items a sampler walks, where several processes share a data set and each has a sampler of its own. */
import { L3mError } from "@l3m/errors";
import { z } from "zod";

/** Options of samplers that divide a data set. The defaults are one reader of everything, as L3M itself divides batches. */
export const replicaOptions = {
  num_replicas: z.int().positive().default(1).describe("Samplers that share the data set."),
  rank: z.int().nonnegative().default(0).describe("Which of them this is, from 0."),
};

/** One of `count` readers of a data set. */
export interface Replica {
  readonly rank: number;
  readonly count: number;
}

/** The replica that validated {@link replicaOptions} name. Throws `L3M_BAD_OPTION` if there is no such rank. */
export function replicaOf(sampler: string, options: { num_replicas: number; rank: number }): Replica {
  const { num_replicas: count, rank } = options;
  if (rank < count) return { rank, count };
  throw new L3mError("L3M_BAD_OPTION", {
    message: `${sampler} has no replica of this rank.`,
    expected: `rank from 0 to ${count - 1}: num_replicas is ${count}`,
    got: String(rank),
    fix: "Ranks count from 0: lower rank, or raise num_replicas.",
  });
}
