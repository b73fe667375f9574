/** JSONL files for language models. */
import { defineDataset } from "@l3m/core";
import { z } from "zod";
import { listOf } from "../files/text-file-list.ts";
import { jsonlCorpus } from "../packed-text/jsonl-corpus.ts";
import { packedText, packingOptions, packingSlots } from "./packing-options.ts";

/** The dataset `data/text-jsonl`. */
export const textJsonl = defineDataset({
  name: "text-jsonl",
  summary:
    "JSONL files, tokenised once and packed into windows of context_length + 1 tokens; every line is a document.",
  options: z.strictObject({
    ...packingOptions,
    text_field: z.string().min(1).default("text").describe("The field of a line that holds its text."),
  }),
  slots: packingSlots,
  build(options, context) {
    const { files, split, invalid_utf8: invalid, text_field: field } = options;
    const resolveFile = (path: string): string => context.resolveFile(path);
    return packedText(jsonlCorpus({ files: listOf(files), resolveFile, split, invalid, field }), options, context);
  },
});
