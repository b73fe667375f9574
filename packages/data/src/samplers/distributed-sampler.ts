/** DistributedSampler: the items in order, dealt out to replicas in turn. */
import { defineSampler } from "@l3m/core";
import { z } from "zod";
import { OnePass } from "./one-pass.ts";
import { replicaOf, replicaOptions } from "./replica-options.ts";
import { requireItems } from "./require-items.ts";
import { samplerInputs, samplerOptions } from "./sampler-options.ts";

/**
 * The sampler `data/distributed-sampler`. All replicas get equally many items: where these do not suffice, the list starts
 * again from its front. Throws `L3M_BAD_OPTION` for an empty dataset and for a rank that is not there.
 */
export const distributedSampler = defineSampler({
  name: "distributed-sampler",
  summary:
    "One pass in order over every n-th item; the first items come again where the replicas would get unequally many.",
  aliases: ["torch.utils.data.DistributedSampler", "torch.utils.data.distributed.DistributedSampler"],
  options: z.strictObject({
    ...samplerOptions,
    ...replicaOptions,
    shuffle: z.literal(false).default(false).describe("Always in order: for validation, as in ml-l3m."),
  }),
  build: (options) => {
    const { dataset, batchSize, seed } = samplerInputs(options);
    requireItems("data/distributed-sampler", "items", dataset.length, 1);
    const { rank, count } = replicaOf("data/distributed-sampler", options);
    const items = Int32Array.from(
      { length: Math.ceil(dataset.length / count) },
      (_, i) => (rank + i * count) % dataset.length,
    );
    const sampler = `distributed-sampler, ${rank} of ${count}`;
    return new OnePass(items, batchSize, { sampler, length: dataset.length, seed });
  },
});
