/** RandomSampler: every item once, in the order that torch draws. */
import { defineSampler } from "@l3m/core";
import { z } from "zod";
import { TorchMt19937 } from "../rng/torch-mt19937.ts";
import { torchRandperm } from "../rng/torch-randperm.ts";
import { OnePass } from "./one-pass.ts";
import { requireItems } from "./require-items.ts";
import { samplerInputs, samplerOptions } from "./sampler-options.ts";

/**
 * The sampler `data/random-sampler`. As in torch, the generator of the run only draws the seed (63 bits) of the generator
 * that shuffles. Throws `L3M_BAD_OPTION` for an empty dataset.
 */
export const randomSampler = defineSampler({
  name: "random-sampler",
  summary: "One pass over the items in torch's random order.",
  aliases: ["torch.utils.data.RandomSampler", "torch.utils.data.sampler.RandomSampler"],
  options: z.strictObject(samplerOptions),
  build: (options) => {
    const { dataset, batchSize, seed } = samplerInputs(options);
    requireItems("data/random-sampler", "items", dataset.length, 1);
    const own = new TorchMt19937(new TorchMt19937(seed).uint64() & (2n ** 63n - 1n));
    const order = torchRandperm(dataset.length, own);
    return new OnePass(order, batchSize, { sampler: "random-sampler", length: dataset.length, seed });
  },
});
