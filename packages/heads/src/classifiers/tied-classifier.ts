/** Output head of a language model that shares the table of its input embedding. D features, V vocabulary. */
import { linear } from "@l3m/core/nn";
import { defineBlock, L3mError, read, write } from "@l3m/core";
import * as z from "zod";

const options = z.strictObject({
  tied_to: z
    .string()
    .min(1)
    .describe(
      "Name of the table [V, D] in the model, such as preprocessor.embedding.weight; declared before this block.",
    ),
});

/**
 * `x E^T` with the embedding table E of another block (Press and Wolf 2017). The table stays that block's one parameter: it is
 * counted, saved, decayed and sharded once, and its gradient is the sum over both uses.
 */
export const tiedClassifier = defineBlock({
  name: "tied-classifier",
  summary: "Scores of every token of the vocabulary by the table of the input embedding; no parameters of its own.",
  options,
  ports: { x: read(null, "... D"), y: write(null, "... V") },
  build({ tied_to }, context) {
    const table = context.existingParam(tied_to);
    if (table.shape.length !== 2) {
      throw new L3mError("L3M_BAD_OPTION", {
        message: "A classifier can only be tied to a table.",
        where: { path: `${context.where}.tied_to` },
        expected: "a parameter [V, D]",
        got: `${tied_to} [${table.shape.join(", ")}]`,
        fix: "Name the weight of an embedding.",
      });
    }
    return { forward: ({ x }) => ({ y: linear(x, table.param.value) }) };
  },
});
