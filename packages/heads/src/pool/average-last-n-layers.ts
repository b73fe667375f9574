/** Mean over layers of a trunk. B batch, N tokens, D width. */
import * as tf from "@l3m/core/tf";
import { defineBlock, fromPort, L3mError, maybeRead, readList, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  layers: z
    .array(z.int())
    .min(1)
    .describe("Blocks of the trunk to average, from 0; negative numbers count from the last."),
  reduce: z.boolean().default(false).describe("Average over the tokens too: [B, D]."),
});

/** Reads the list that a trunk leaves under `<read_key>_trunk` (every block's output, before the final norm). */
export const averageLastNLayers = defineBlock({
  name: "average-last-n-layers",
  summary: "Mean of the outputs of chosen trunk layers.",
  aliases: ["l3m.model.postprocessors.misc.AverageLastNLayers"],
  positional: ["layers", "base_aggregator", "reduce"],
  ignores: ["base_aggregator"],
  options,
  ports: { tokens: maybeRead(null), layers: readList(fromPort("tokens", "_trunk")), y: write(null) },
  build: ({ layers: chosen, reduce }, context) => ({
    forward({ layers }) {
      const picked = chosen.map((index) => {
        const layer = layers.at(index);
        if (layer !== undefined) return layer;
        throw new L3mError("L3M_BAD_OPTION", {
          message: `The trunk has no layer ${index}.`,
          where: { path: `${context.where}.layers` },
          expected: `-${layers.length} to ${layers.length - 1}`,
          got: `${index}`,
          fix: "Choose layers of this trunk.",
        });
      });
      const mean = tf.mean(tf.stack(picked), 0);
      return { y: reduce ? tf.mean(mean, 1) : mean };
    },
  }),
});
