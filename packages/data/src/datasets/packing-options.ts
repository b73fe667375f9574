/** Options that every packed text dataset has. */
import { type BuildContext, type SlotRef, slot } from "@l3m/core";
import { z } from "zod";
import { textFiles } from "../files/text-file-list.ts";
import { textSplit } from "../packed-text/byte-ranges.ts";
import { invalidUtf8 } from "../packed-text/decode-utf8.ts";
import { PackedText } from "../packed-text/packed-text.ts";
import type { TextCorpus } from "../packed-text/text-corpus.ts";

/** What is read and how it is cut into windows. */
export const packingOptions = {
  files: textFiles,
  split: textSplit,
  invalid_utf8: invalidUtf8,
  context_length: z.int().positive().describe("N, tokens that one sample predicts; it has N + 1."),
  tail: z
    .enum(["pad", "drop"])
    .default("pad")
    .describe("The last, shorter window: filled up with ignored labels, or left out."),
  random_offset: z
    .boolean()
    .default(false)
    .describe("For training: start every window up to N - 1 tokens later, drawn anew each time."),
  document_ids: z
    .boolean()
    .default(false)
    .describe("Also give position_ids and document_mask, for documents that must not see each other."),
};

type PackingValues = z.infer<z.ZodObject<typeof packingOptions>>;

/** What packs. */
export const packingSlots = { tokenizer: slot("tokenizer") };

/** The data set of validated options. */
export function packedText(
  corpus: TextCorpus,
  options: PackingValues & { readonly tokenizer: SlotRef<"tokenizer"> },
  context: BuildContext,
): PackedText {
  return new PackedText({
    corpus,
    tokenizer: context.child("tokenizer", options.tokenizer),
    contextLength: options.context_length,
    tail: options.tail,
    randomOffset: options.random_offset,
    documentIds: options.document_ids,
  });
}
