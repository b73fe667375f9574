/** Top-k accuracy. B batch, C classes. */
import { defineMetric, topKAccuracy } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  read_key: z.string().describe("Key of the scores [B, C]."),
  target_read_key: z.string().default("target").describe("Key of the classes: int32 [B], or rows [B, C] (argmax)."),
  topk: z.array(z.int().positive()).min(1).default([1, 5]).describe("Depths k; above C they count as C."),
  hparam_pattern: z
    .string()
    .nullable()
    .default(null)
    .describe("For a grid of probes: what their names begin with, as a regular expression (HP_)."),
});

/**
 * `top_1`, `top_5`, ...: percentage of samples whose class is among the k with the highest scores. Of equal scores the class with
 * the lower index comes first. With `hparam_pattern` the DataDict holds one map per probe, as
 * `heads/probe-hparam-search-wrapper` leaves it, and each gives its own `<probe>_top_1`, ...
 */
export const accuracy = defineMetric({
  name: "accuracy",
  summary: "How often the right class is among the k highest scores.",
  aliases: ["l3m.metrics.accuracy.Accuracy"],
  positional: ["topk", "hparam_pattern"],
  options,
  build: ({ read_key, target_read_key, topk, hparam_pattern }, { where }) =>
    topKAccuracy({
      readKey: read_key,
      targetReadKey: target_read_key,
      topk,
      hparamPattern: hparam_pattern,
      prefix: "top",
      where,
    }),
});
