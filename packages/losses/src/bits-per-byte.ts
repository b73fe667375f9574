/** How well a language model compresses a text. B samples, L positions with logits, T = L + 1 ids (or T = L, shifted), V vocabulary. */
import { defineMetric, formatShape, type HostArray, invariant, L3mError } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  logits_read_key: z.string().default("logits").describe("Key of the logits [B, L, V]."),
  target_read_key: z.string().default("labels").describe("Key of the target ids [B, T]."),
  bytes_read_key: z
    .string()
    .default("bytes")
    .describe("Key of the bytes of text that the targets of a sample stand for [B]."),
  ignore_index: z.int().default(-100).describe("Targets with this id do not count."),
  baseline: z
    .number()
    .positive()
    .nullish()
    .describe("What a compressor needs for the same text, to be shown beside the score."),
});

/**
 * `bits_per_byte`: the summed negative log2-likelihood of all targets over the bytes of the text, which unlike perplexity
 * compares models with different tokenizers, and models with compressors (whose score is 8 / compression ratio).
 */
export const bitsPerByte = defineMetric({
  name: "bits-per-byte",
  summary: "Bits that the model needs for a byte of text: its loss over a whole data set, whatever the tokenizer.",
  options,
  build: ({ logits_read_key, target_read_key, bytes_read_key, ignore_index, baseline }, context) => ({
    reads: [logits_read_key, target_read_key, bytes_read_key],
    start() {
      let nats = 0;
      let bytes = 0;
      return {
        update(batch) {
          const logits = batch[logits_read_key];
          const targets = batch[target_read_key];
          const counts = batch[bytes_read_key];
          invariant(
            logits !== undefined && targets !== undefined && counts !== undefined,
            "a metric gets the keys that it reads",
          );
          nats += negativeLogLikelihood(logits, targets, ignore_index, context.where);
          for (const count of counts.data) bytes += count;
        },
        result: () => ({
          bits_per_byte: nats / Math.LN2 / bytes,
          ...(baseline == null ? {} : { "baseline/bits_per_byte": baseline }),
        }),
      };
    },
  }),
});

/** Summed over all targets that count, in double precision. */
function negativeLogLikelihood(
  logits_BLV: HostArray,
  targets_BT: HostArray,
  ignoreIndex: number,
  where: string,
): number {
  const [B = 0, L = 0, V = 0] = logits_BLV.shape;
  const [, T = 0] = targets_BT.shape;
  if (logits_BLV.shape.length !== 3 || targets_BT.shape[0] !== B || (T !== L && T !== L + 1)) {
    throw new L3mError("L3M_BAD_SHAPE", {
      message: "Logits and targets do not line up.",
      where: { path: where },
      expected: "logits [B, L, V] and targets [B, L + 1] or, already shifted, [B, L]",
      got: `logits ${formatShape(logits_BLV.shape)} and targets ${formatShape(targets_BT.shape)}`,
      fix: "Check the keys of the metric.",
    });
  }
  let nats = 0;
  for (let b = 0; b < B; b++) {
    for (let l = 0; l < L; l++) {
      const target = targets_BT.data[b * T + l + T - L] as number;
      if (target === ignoreIndex) continue;
      const start = (b * L + l) * V;
      nats += logSumExp(logits_BLV.data, start, V) - (logits_BLV.data[start + target] as number);
    }
  }
  return nats;
}

function logSumExp(data: HostArray["data"], start: number, count: number): number {
  let peak = -Infinity;
  for (let i = start; i < start + count; i++) peak = Math.max(peak, data[i] as number);
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += Math.exp((data[i] as number) - peak);
  return peak + Math.log(sum);
}
