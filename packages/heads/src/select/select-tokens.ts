/** A range of tokens. */
import { defineBlock, read, write } from "@l3m/core";
import * as z from "zod";
import { slicePython } from "./slice-python.ts";

const options = z.strictObject({
  start: z.int().nonnegative().describe("First index."),
  end: z.int().nonnegative().nullish().describe("Index after the last one; default (and 0) to the end."),
  dim: z.int().nonnegative().default(1).describe("Axis to cut."),
});

export const selectTokens = defineBlock({
  name: "select-tokens",
  summary: "The indices [start, end) of one axis.",
  aliases: ["l3m.model.postprocessors.select.SelectTokens"],
  positional: ["start", "end", "dim"],
  options,
  ports: { x: read(null), y: write(null) },
  build: ({ start, end, dim }) => ({ forward: ({ x }) => ({ y: slicePython(x, dim, start, end || undefined) }) }),
});
