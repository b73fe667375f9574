/** Plain text files for language models. */
import { defineDataset } from "@l3m/core";
import { z } from "zod";
import { listOf } from "../files/text-file-list.ts";
import { plainTextCorpus } from "../packed-text/plain-text-corpus.ts";
import { packedText, packingOptions, packingSlots } from "./packing-options.ts";

/** The dataset `data/text-files`. */
export const textFilesDataset = defineDataset({
  name: "text-files",
  summary: "Text files, tokenised once and packed into windows of context_length + 1 tokens; every file is a document.",
  options: z.strictObject(packingOptions),
  slots: packingSlots,
  build(options, context) {
    const { files, split, invalid_utf8: invalid } = options;
    const resolveFile = (path: string): string => context.resolveFile(path);
    return packedText(plainTextCorpus({ files: listOf(files), resolveFile, split, invalid }), options, context);
  },
});
